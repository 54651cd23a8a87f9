"""Where everything is put together: the application, the command line, migrations, the embedded server."""
