// madvise is no part of standard C.
#define _DEFAULT_SOURCE
#include "CoefficientRows.h"

#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

static jvirt_barray_ptr request(j_common_ptr codec, int pool, boolean zero, JDIMENSION blocksPerRow,
                                JDIMENSION rowCount, JDIMENSION maximumAccess) {
  CoefficientRows *rows = codec->client_data;
  jvirt_barray_ptr array = rows->library.request_virt_barray(codec, pool, zero, blocksPerRow,
                                                             rowCount, maximumAccess);
  if (rows->count < MAX_COMPONENTS)
    rows->planes[rows->count++] =
        (CoefficientPlane){.array = array, .rowBytes = (size_t)blocksPerRow * sizeof(JBLOCK)};
  return array;
}

// Whole pages only: what lies beside the rows is not ours.
static void give_back(JBLOCK *from, JBLOCK *to) {
  uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
  uintptr_t start = ((uintptr_t)from + page - 1) / page * page;
  uintptr_t end = (uintptr_t)to / page * page;
  if (start < end) madvise((void *)start, end - start, MADV_DONTNEED);
}

// A plane may lie in several pieces of memory, between which nothing is given back. A page that two steps share stays:
// a row of blocks is many pages wherever memory matters.
static void pass(CoefficientPlane *plane, JBLOCK *here, JDIMENSION row) {
  size_t step = (size_t)(row - plane->row) * plane->rowBytes;
  if (plane->reached && row > plane->row && (uintptr_t)here == (uintptr_t)plane->reached + step)
    give_back(plane->reached, here);
  plane->reached = here;
  plane->row = row;
}

static JBLOCKARRAY access_rows(j_common_ptr codec, jvirt_barray_ptr array, JDIMENSION row,
                               JDIMENSION count, boolean writable) {
  CoefficientRows *rows = codec->client_data;
  JBLOCKARRAY found = rows->library.access_virt_barray(codec, array, row, count, writable);
  // Input writes, output only reads.
  for (int p = 0; p < rows->count && !writable; p++)
    if (rows->planes[p].array == array) pass(&rows->planes[p], found[0], row);
  return found;
}

void coefficient_rows_watch(CoefficientRows *rows, j_decompress_ptr codec) {
  *rows = (CoefficientRows){.library = *codec->mem};
  codec->client_data = rows;
  codec->mem->request_virt_barray = request;
  codec->mem->access_virt_barray = access_rows;
}
