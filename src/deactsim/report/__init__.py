"""What people look at: tables, stories, catalogues and charts of a study's result."""
