// Gives memory back while a JPEG of several scans is written out.
//
// libjpeg keeps all coefficients of such a file, two bytes each, until it is closed. The output pass goes through them
// once, from the first row of blocks to the last, so the rows behind it hold nothing that is asked for again.
#ifndef COEFFICIENT_ROWS_H
#define COEFFICIENT_ROWS_H

#include <stddef.h>
#include <stdio.h>

#include <jpeglib.h>

typedef struct {
  jvirt_barray_ptr array;
  size_t rowBytes;
  JBLOCK *reached;  // where the output pass stands, and the row that this is
  JDIMENSION row;
} CoefficientPlane;

typedef struct {
  struct jpeg_memory_mgr library;  // the functions that are wrapped
  CoefficientPlane planes[MAX_COMPONENTS];
  int count;
} CoefficientRows;

// Watches `codec`, just created; `rows` must live as long. Takes the codec's `client_data`.
void coefficient_rows_watch(CoefficientRows *rows, j_decompress_ptr codec);

#endif
