"""Compiled reads: from what an operation selects to one SQL statement that writes the answer.

selection    fields and arguments, fragments and directives resolved
compiler     from the declarations of the selected fields to SQL, with pages, walls, scalars, cursors and pieces
statement    what a compiled statement is: its text, its parameters, what Python adds afterwards
plans        statements with what they need and cost, kept by shape
payload      what a mutation or an event answers, its rows read by statements
reread       stored values shown as the schema says, sensitive rows noted
"""
