"""The dashboard's parts: the only room that knows streamlit."""
