"""The dashboard: `streamlit run app.py` (or `python3 dev.py app`).

Streamlit reads this file twice: its server imports it as a module and serves `app`, and runs it
as a script for every visitor.
"""

import causalrec.plots  # noqa: F401 - registers the charts that results draw

if __name__ == "app":
    from streamlit import App

    from causalrec.ui.kit.server import middleware

    app = App(__file__, middleware=middleware())
else:
    from causalrec.ui.kit.frame import route

    route()
