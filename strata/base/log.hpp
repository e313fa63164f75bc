#pragma once
// Writes log lines for the people who run a node. Each line has a level, a category and named fields:
//   2026-01-02T03:04:05.678Z warning [sync] the peer sent a bad header peer="12D3Koo…" height=17
// Until start_log() is called, warnings and errors go to the standard error output.
// Text from outside is escaped, so a peer cannot forge lines or control the terminal. Fields take text and numbers
// only: a byte string cannot be logged, since it may be a key. Never pass a secret as text either.
// Thread-safe.
#include <array>
#include <atomic>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>

#include <strata/base/mutex.hpp>
#include <strata/base/result.hpp>

namespace strata {

enum class LogLevel : std::uint8_t { debug, info, warning, error, off };
/// Reads the name of a level. Errors: invalid_argument, with the allowed names.
Result<LogLevel> parse_log_level(std::string_view name);

/// A name and a value after the sentence of a line.
struct LogField {
    std::string_view name;
    std::string value;
    bool quoted = false;

    LogField(std::string_view field, std::string_view text) : name(field), value(text), quoted(true) {}
    LogField(std::string_view field, const char* text) : LogField(field, std::string_view(text)) {}
    LogField(std::string_view field, const std::string& text) : LogField(field, std::string_view(text)) {}
    LogField(std::string_view field, bool flag) : name(field), value(flag ? "true" : "false") {}
    template <std::integral T>
    LogField(std::string_view field, T number) : name(field), value(std::to_string(number)) {}
    LogField(std::string_view field, double number);
    template <class T>
        requires(!std::same_as<std::remove_cv_t<T>, char>)
    LogField(std::string_view field, T* pointer) = delete;  // it would convert to a flag
    LogField(std::string_view field, const Error& error) : LogField(field, error.message()) {}
};
using LogFields = std::initializer_list<LogField>;

/// Allows at most `lines` lines in each period. Use a limit wherever a peer or a client can cause a line, and a
/// separate limit for each place that logs.
class LogLimit {
  public:
    using Time = std::chrono::steady_clock::time_point;
    explicit LogLimit(std::uint32_t lines = 5, std::chrono::seconds period = std::chrono::minutes(1))
        : lines_(lines), period_(period) {}

    struct Answer {
        bool pass = false;
        /// The number of lines that were held back since the last one that passed.
        std::uint64_t held_back = 0;
    };
    Answer ask(Time now) STRATA_EXCLUDES(mutex_);

  private:
    const std::uint32_t lines_;
    const std::chrono::seconds period_;
    Mutex mutex_;
    bool begun_ STRATA_GUARDED_BY(mutex_) = false;
    Time begin_ STRATA_GUARDED_BY(mutex_);
    std::uint32_t used_ STRATA_GUARDED_BY(mutex_) = 0;
    std::uint64_t held_back_ STRATA_GUARDED_BY(mutex_) = 0;
};

/// The door to the log for one category; usually a constant of a file: `const Log kLog("sync");`.
class Log {
  public:
    /// The same name means the same category everywhere. Names: lower case letters, digits and '_'.
    explicit Log(std::string_view category);

    bool writes(LogLevel level) const { return level >= level_->load(std::memory_order_relaxed); }
    void debug(std::string_view sentence, LogFields fields = {}) const { write(LogLevel::debug, sentence, fields); }
    void info(std::string_view sentence, LogFields fields = {}) const { write(LogLevel::info, sentence, fields); }
    void warning(std::string_view sentence, LogFields fields = {}) const { write(LogLevel::warning, sentence, fields); }
    void error(std::string_view sentence, LogFields fields = {}) const { write(LogLevel::error, sentence, fields); }
    /// Writes a line unless `limit` is used up. The next line that passes says how many were held back.
    void limited(LogLimit& limit, LogLevel level, std::string_view sentence, LogFields fields = {}) const;

  private:
    void write(LogLevel level, std::string_view sentence, LogFields fields) const;

    std::string_view category_;           // owned by the process-wide list of categories
    const std::atomic<LogLevel>* level_;  // likewise
};

struct LogOptions {
    /// The level for all categories, followed by exceptions: "info", "warning,sync=debug,http=off".
    std::string levels = "info";
    /// The file to write to, which is renamed at 64 MiB; four old ones are kept. If empty, lines go to the standard
    /// error output.
    std::filesystem::path file{};
    /// If set, lines go here instead, without time and line feed. For tests.
    std::function<void(LogLevel level, std::string_view line)> sink{};
};

/// Replaces the settings of the process. Errors: invalid_argument for `levels`, io for `file`.
Status start_log(const LogOptions& options);

/// Returns the names of all categories in ascending order. Thread-safe.
std::vector<std::string> log_categories();
/// Sets the level of one category, or of all for "*", until the next start_log(). Errors: not_found for a category that
/// is not there; invalid_argument for a level.
Status set_log_level(std::string_view category, std::string_view level);

/// Returns the sentence and the fields as one printable line. Control characters become \n, \t or \xNN.
std::string log_line(std::string_view sentence, LogFields fields);

}  // namespace strata
