def double(n):
    return "\udc80\ud800"
