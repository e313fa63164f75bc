#pragma once
// Looks for damage in a log file of RocksDB that its own recovery would take for the unfinished end of the log.
// Source of the format: rocksdb db/log_format.h and its wiki page "Write Ahead Log File Format".
#include <cstdint>
#include <optional>

#include <strata/base/bytes.hpp>

namespace strata::store {

/// Returns the offset of the first damaged record of a log if acknowledged records may follow it. Empty if all records
/// are complete, or if the log only ends early, inside a record or in zeros, as it does if the process was killed.
std::optional<std::uint64_t> find_log_damage(BytesView log);

}  // namespace strata::store
