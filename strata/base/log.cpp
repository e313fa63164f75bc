#include <strata/base/log.hpp>

#include <fmt/format.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_color_sinks.h>

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include <strata/base/utf8.hpp>

namespace strata {
namespace {

constexpr std::size_t kFileBytes = std::size_t{64} << 20;
constexpr std::size_t kOldFiles = 4;
/// A field is cut at this length, so that a peer cannot fill the log with one line.
constexpr std::size_t kMaxField = 512;
constexpr LogLevel kLevelBeforeStart = LogLevel::warning;
constexpr std::array<std::string_view, 5> kLevelNames{"debug", "info", "warning", "error", "off"};

spdlog::level::level_enum spdlog_level(LogLevel level) {
    switch (level) {
        case LogLevel::debug:
            return spdlog::level::debug;
        case LogLevel::info:
            return spdlog::level::info;
        case LogLevel::warning:
            return spdlog::level::warn;
        case LogLevel::error:
            return spdlog::level::err;
        case LogLevel::off:
            break;
    }
    return spdlog::level::off;
}

using Levels = std::map<std::string, LogLevel, std::less<>>;

/// The log's state in this process. It is never destroyed: threads and destructors may log until the very end.
class Registry {
  public:
    static Registry& get() {
        static auto* const registry = new Registry;
        return *registry;
    }

    std::pair<std::string_view, const std::atomic<LogLevel>*> category(std::string_view name) {
        const Lock lock(mutex_);
        const auto [it, is_new] = categories_.try_emplace(std::string(name));
        if (is_new) it->second = level_of(name);
        return {it->first, &it->second};
    }

    void configure(LogLevel base, Levels exceptions, std::shared_ptr<spdlog::logger> logger,
                   std::function<void(LogLevel, std::string_view)> sink) {
        const Lock lock(mutex_);
        base_ = base;
        exceptions_ = std::move(exceptions);
        logger_ = std::move(logger);
        sink_ = std::move(sink);
        for (auto& [name, level] : categories_) level = level_of(name);
    }

    std::vector<std::string> names() {
        const Lock lock(mutex_);
        std::vector<std::string> out;
        for (const auto& [name, level] : categories_) out.push_back(name);
        return out;
    }
    /// Returns false if there is no such category. "*" names all.
    bool set(std::string_view category, LogLevel level) {
        const Lock lock(mutex_);
        bool is_found = category == "*";
        if (is_found) base_ = level;
        for (auto& [name, current] : categories_) {
            if (category != "*" && category != name) continue;
            current = level;
            is_found = true;
        }
        return is_found;
    }

    void write(LogLevel level, std::string_view category, const std::string& line) {
        const std::string text = "[" + std::string(category) + "] " + line;
        std::shared_ptr<spdlog::logger> logger;
        {
            // The lock is held while a test's sink runs, so that the sink may be replaced safely.
            const Lock lock(mutex_);
            if (sink_) return sink_(level, text);
            logger = logger_;
        }
        logger->log(spdlog_level(level), spdlog::string_view_t(text.data(), text.size()));
    }

    static std::shared_ptr<spdlog::logger> logger_of(spdlog::sink_ptr sink) {
        auto logger = std::make_shared<spdlog::logger>("strata", std::move(sink));
        logger->set_level(spdlog::level::debug);
        logger->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l %v", spdlog::pattern_time_type::utc);
        logger->flush_on(spdlog::level::info);
        return logger;
    }

  private:
    Registry() : logger_(logger_of(std::make_shared<spdlog::sinks::stderr_color_sink_mt>())) {}

    LogLevel level_of(std::string_view name) const STRATA_REQUIRES(mutex_) {
        const auto it = exceptions_.find(name);
        return it == exceptions_.end() ? base_ : it->second;
    }

    Mutex mutex_;
    LogLevel base_ STRATA_GUARDED_BY(mutex_) = kLevelBeforeStart;
    Levels exceptions_ STRATA_GUARDED_BY(mutex_);
    // This is a map because its entries never move: callers keep pointers to them.
    std::map<std::string, std::atomic<LogLevel>, std::less<>> categories_ STRATA_GUARDED_BY(mutex_);
    std::shared_ptr<spdlog::logger> logger_ STRATA_GUARDED_BY(mutex_);
    std::function<void(LogLevel, std::string_view)> sink_ STRATA_GUARDED_BY(mutex_);
};

bool is_control(std::uint8_t byte) {
    return byte < 0x20 || byte == 0x7f;
}

void append_escaped(std::string& out, std::uint8_t byte) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    out += {'\\', 'x', kDigits[byte >> 4U], kDigits[byte & 15U]};
}

/// Escapes what would end the line or control the terminal: the C0 controls, and the C1 controls, which are 0xc2 and a
/// byte below 0xa0 in UTF-8.
void append_printable(std::string& out, std::string_view text, bool quoted) {
    const bool valid = is_utf8(text);
    bool inside_c1 = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<std::uint8_t>(text[i]);
        const bool c1 = byte == 0xc2 && i + 1 < text.size() && static_cast<std::uint8_t>(text[i + 1]) < 0xa0;
        if (byte == '\n') {
            out += "\\n";
        } else if (byte == '\t') {
            out += "\\t";
        } else if (is_control(byte) || c1 || inside_c1 || (!valid && byte >= 0x80)) {
            append_escaped(out, byte);
        } else {
            if (quoted && (byte == '"' || byte == '\\')) out += '\\';
            out += text[i];
        }
        inside_c1 = c1;
    }
}

struct ParsedLevels {
    LogLevel base = LogLevel::info;
    Levels exceptions;
};

/// Reads "LEVEL" or "LEVEL,CATEGORY=LEVEL,..."; the first entry may be an exception too.
Result<ParsedLevels> parse_levels(std::string_view text) {
    ParsedLevels out;
    for (bool first = true; first || !text.empty(); first = false) {
        const std::string_view item = text.substr(0, text.find(','));
        text.remove_prefix(std::min(text.size(), item.size() + 1));
        const std::size_t equals = item.find('=');
        STRATA_TRY(const LogLevel level,
                   parse_log_level(item.substr(equals == std::string_view::npos ? 0 : equals + 1)));
        if (equals != std::string_view::npos) {
            out.exceptions.insert_or_assign(std::string(item.substr(0, equals)), level);
        } else if (first) {
            out.base = level;
        } else {
            return fail(Errc::invalid_argument,
                        "log levels: '" + std::string(item) +
                            "' has no category; only the first entry may be a level alone, so write CATEGORY=LEVEL");
        }
    }
    return out;
}

}  // namespace

Result<LogLevel> parse_log_level(std::string_view name) {
    const auto it = std::ranges::find(kLevelNames, name);
    if (it == kLevelNames.end())
        return fail(Errc::invalid_argument,
                    "'" + std::string(name) + "' is not a log level; use debug, info, warning, error or off");
    return static_cast<LogLevel>(it - kLevelNames.begin());
}

LogLimit::Answer LogLimit::ask(Time now) {
    const Lock lock(mutex_);
    if (!begun_ || now - begin_ >= period_) {
        begun_ = true;
        begin_ = now;
        used_ = 0;
    }
    if (used_ >= lines_) {
        ++held_back_;
        return {};
    }
    ++used_;
    return {.pass = true, .held_back = std::exchange(held_back_, 0)};
}

Log::Log(std::string_view category) {
    std::tie(category_, level_) = Registry::get().category(category);
}

void Log::write(LogLevel level, std::string_view sentence, LogFields fields) const {
    if (writes(level)) Registry::get().write(level, category_, log_line(sentence, fields));
}

void Log::limited(LogLimit& limit, LogLevel level, std::string_view sentence, LogFields fields) const {
    if (!writes(level)) return;
    const auto answer = limit.ask(std::chrono::steady_clock::now());
    if (!answer.pass) return;
    std::string line = log_line(sentence, fields);
    if (answer.held_back != 0) line += log_line("", {{"held_back", answer.held_back}});
    Registry::get().write(level, category_, line);
}

LogField::LogField(std::string_view field, double number) : name(field), value(fmt::format("{}", number)) {}

std::string log_line(std::string_view sentence, LogFields fields) {
    std::string out;
    append_printable(out, sentence, /*quoted=*/false);
    for (const auto& field : fields) {
        out += ' ';
        out += field.name;
        out += '=';
        if (field.quoted) out += '"';
        append_printable(out, std::string_view(field.value).substr(0, kMaxField), field.quoted);
        if (field.value.size() > kMaxField) out += "…";
        if (field.quoted) out += '"';
    }
    return out;
}

std::vector<std::string> log_categories() {
    return Registry::get().names();
}

Status set_log_level(std::string_view category, std::string_view level) {
    STRATA_TRY(const auto known, parse_log_level(level == "warn" ? "warning" : level));
    if (Registry::get().set(category, known)) return {};
    return fail(Errc::not_found, "there is no log category '" + std::string(category.substr(0, 64)) + "'");
}

Status check_log_levels(std::string_view text) {
    STRATA_TRY([[maybe_unused]] const auto levels, parse_levels(text));
    return {};
}

Status set_log_levels(std::string_view text) {
    STRATA_TRY(const auto wanted, parse_levels(text));
    Registry::get().set("*", wanted.base);
    for (const auto& [category, level] : wanted.exceptions)
        if (!Registry::get().set(category, level))
            return fail(Errc::invalid_argument, "there is no log category '" + category.substr(0, 64) + "'");
    return {};
}

Status start_log(const LogOptions& options) {
    STRATA_TRY(auto wanted, parse_levels(options.levels));
    spdlog::sink_ptr sink;
    if (options.file.empty()) {
        sink = std::make_shared<spdlog::sinks::stderr_color_sink_mt>();
    } else {
        try {
            sink = std::make_shared<spdlog::sinks::rotating_file_sink_mt>(options.file.string(), kFileBytes, kOldFiles);
        } catch (const spdlog::spdlog_ex& error) {
            return fail(Errc::io, "cannot write the log " + options.file.string() + ": " + error.what());
        }
    }
    Registry::get().configure(wanted.base, std::move(wanted.exceptions), Registry::logger_of(std::move(sink)),
                              options.sink);
    return {};
}

}  // namespace strata
