def encode(text):
    return text
def decode(text):
    return text
