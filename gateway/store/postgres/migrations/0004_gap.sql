-- Another step takes this number.
SELECT 1;
