def arrange(items):
    items.clear()
    return items
