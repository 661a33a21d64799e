"""A model of this machine behind OpenAI's protocol, and a page to chat with it: `softhouse serve`.

Formats: https://platform.openai.com/docs/api-reference. `command.py` is what the command line imports; it imports the
web server only when it is asked to serve.
"""
