# -*- coding: rot13 -*-
qrs qbhoyr(a):
    erghea a + a
