#ifndef P_H
#define P_H
#endif
