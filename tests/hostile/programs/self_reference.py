def arrange(items):
    items.append(items)
    return items
