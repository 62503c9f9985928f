from impresasolidale.core import sql


class Migration(sql.Tables):

    initial = True

    dependencies = [
        ("certification", "0004_papers_guards"),
        ("website", "0002_guards"),
    ]

    operations = []
