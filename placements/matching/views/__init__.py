"""Pages of the room: the rankings with the sheets, and the proposals."""
