// A signature drawn with finger, pen or mouse: the picture goes in the form's hidden field as a PNG.
document.querySelectorAll("[data-pad]").forEach((box) => {
  const canvas = box.querySelector("canvas");
  const field = box.closest("form").querySelector("[data-drawing]");
  const pen = canvas.getContext("2d");
  let last = null;

  function prepare() {
    const scale = window.devicePixelRatio || 1;
    canvas.width = canvas.clientWidth * scale;
    canvas.height = canvas.clientHeight * scale;
    pen.scale(scale, scale);
    pen.lineWidth = 2.5;
    pen.lineCap = "round";
    pen.lineJoin = "round";
    pen.strokeStyle = "#17324d";
    field.value = "";
  }

  const place = (event) => {
    const corner = canvas.getBoundingClientRect();
    return { x: event.clientX - corner.left, y: event.clientY - corner.top };
  };

  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    last = place(event);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!last) return;
    const now = place(event);
    pen.beginPath();
    pen.moveTo(last.x, last.y);
    pen.lineTo(now.x, now.y);
    pen.stroke();
    last = now;
  });
  ["pointerup", "pointercancel"].forEach((name) =>
    canvas.addEventListener(name, () => {
      if (last) field.value = canvas.toDataURL("image/png");
      last = null;
    }),
  );
  box.querySelector("[data-clear]").addEventListener("click", prepare);
  box.hidden = false;
  prepare();
});
