/* What the files of this target share. */
#pragma once
#include "CDCMTK.h"

#include <cstring>
#include <mutex>
#include <new>

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>

namespace cdcmtk {

/* Turns DCMTK's logging off: its messages may quote the data set. */
void silence();

/* Copies a message into the caller's room, cut to fit and always terminated. */
void say(char *room, size_t room_count, const char *text);

/* Runs `body` and turns every C++ exception into a status. */
template <typename Body>
cdcmtk_status guarded(char *message, size_t message_count, Body body) {
  say(message, message_count, "");
  try {
    silence();
    return body();
  } catch (const std::bad_alloc &) {
    say(message, message_count, "out of memory");
  } catch (const std::exception &error) {
    say(message, message_count, error.what());
  } catch (...) {
    say(message, message_count, "unknown exception");
  }
  return CDCMTK_FAILED;
}

}  // namespace cdcmtk
