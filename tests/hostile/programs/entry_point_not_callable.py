double = 4
