#pragma once
// Changes the levels of a log that runs. In a header of its own, since few need it.
#include <string_view>

#include <strata/base/result.hpp>

namespace strata {

/// Checks a text of levels as in LogOptions. Errors: invalid_argument.
Status check_log_levels(std::string_view text);
/// Sets the levels of all categories as start_log() does, without touching the file. Thread-safe. Errors:
/// invalid_argument, also for a category that is not there; then the levels before it are set.
Status set_log_levels(std::string_view text);

}  // namespace strata
