#include <strata/base/log.hpp>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <iterator>
#include <type_traits>

#include <strata/base/bytes.hpp>

namespace strata {
namespace {

const Log kSync("log_test_sync");
const Log kHttp("log_test_http");

constexpr std::array<std::string_view, 5> kNames{"debug", "info", "warning", "error", "off"};

/// Collects the lines that are written during its lifetime.
class Lines {
  public:
    explicit Lines(std::string levels) {
        const auto started = start_log(
            {.levels = std::move(levels), .sink = [this](LogLevel level, std::string_view line) {
                 lines.push_back(std::string(kNames[static_cast<std::size_t>(level)]) + " " + std::string(line));
             }});
        EXPECT_TRUE(started);
    }
    Lines(const Lines&) = delete;
    Lines& operator=(const Lines&) = delete;
    ~Lines() { EXPECT_TRUE(start_log({.levels = "warning"})); }

    std::vector<std::string> lines;
};

TEST(Log, WritesLevelCategoryAndFields) {
    const Lines got("info");
    kSync.info("took a block", {{"height", 17}, {"cid", "bafy"}, {"own", true}, {"error", Error(Errc::busy, "port")}});
    EXPECT_EQ(got.lines, std::vector<std::string>{
                             R"(info [log_test_sync] took a block height=17 cid="bafy" own=true error="port")"});
}

TEST(Log, LevelsByCategory) {
    const Lines got("warning,log_test_http=debug,log_test_later=off");
    kSync.info("not written");
    kSync.warning("one");
    kHttp.debug("two");
    Log("log_test_later").error("not written");
    EXPECT_FALSE(kSync.writes(LogLevel::info));
    EXPECT_TRUE(kHttp.writes(LogLevel::debug));
    EXPECT_EQ(got.lines, (std::vector<std::string>{"warning [log_test_sync] one", "debug [log_test_http] two"}));
}

TEST(Log, WrongLevelsAreRefusedWithWhatIsAllowed) {
    for (const char* levels : {"", "loud", "info,debug", "sync=loud"})
        EXPECT_EQ(start_log({.levels = levels}).error().code(), Errc::invalid_argument) << levels;
    EXPECT_TRUE(start_log({.levels = "sync=loud"}).error().message().contains("debug, info, warning, error or off"));
}

TEST(Log, TextFromOutsideStaysOnItsLine) {
    EXPECT_EQ(log_line("a\nb", {{"peer", "x\" level=error\r\n\x1b[2J\xc2\x9b\xff"}}),
              "a\\nb peer=\"x\\\" level=error\\x0d\\n\\x1b[2J\\xc2\\x9b\\xff\"");
    EXPECT_EQ(log_line("", {{"name", "Grüße"}, {"seconds", 0.25}}), " name=\"Grüße\" seconds=0.25");
    EXPECT_LT(log_line("", {{"name", std::string(1 << 20, 'x')}}).size(), 600U);
}

TEST(Log, ByteStringsCannotBeWritten) {
    static_assert(!std::is_constructible_v<LogField, std::string_view, Bytes>);
    static_assert(!std::is_constructible_v<LogField, std::string_view, BytesView>);
    static_assert(!std::is_constructible_v<LogField, std::string_view, Hash256>);
    static_assert(!std::is_constructible_v<LogField, std::string_view, const Hash256*>);
}

TEST(Log, LimitCountsWhatItHoldsBack) {
    LogLimit limit(2, std::chrono::seconds(10));
    const LogLimit::Time begin{};
    EXPECT_TRUE(limit.ask(begin).pass);
    EXPECT_TRUE(limit.ask(begin + std::chrono::seconds(9)).pass);
    EXPECT_FALSE(limit.ask(begin + std::chrono::seconds(9)).pass);
    EXPECT_FALSE(limit.ask(begin + std::chrono::seconds(9)).pass);
    const auto next = limit.ask(begin + std::chrono::seconds(10));
    EXPECT_TRUE(next.pass);
    EXPECT_EQ(next.held_back, 2U);
    EXPECT_EQ(limit.ask(begin + std::chrono::seconds(11)).held_back, 0U);
}

TEST(Log, LimitedLinesStop) {
    const Lines got("info");
    LogLimit limit(3, std::chrono::hours(24));
    for (int i = 0; i < 100; ++i) kSync.limited(limit, LogLevel::warning, "bad header", {{"i", i}});
    EXPECT_EQ(got.lines.size(), 3U);
}

TEST(Log, WritesAFileAndNamesOneThatItCannotWrite) {
    const auto path = std::filesystem::path(::testing::TempDir()) / "strata_log_test.log";
    std::filesystem::remove(path);
    ASSERT_TRUE(start_log({.levels = "info", .file = path}));
    kSync.info("in the file");
    ASSERT_TRUE(start_log({.levels = "warning"}));
    std::ifstream file(path);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    EXPECT_TRUE(text.ends_with("Z info [log_test_sync] in the file\n")) << text;
    std::filesystem::remove(path);
    const auto refused = start_log({.file = "/proc/strata/no.log"});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), Errc::io);
    EXPECT_TRUE(refused.error().message().contains("/proc/strata/no.log"));
}

}  // namespace
}  // namespace strata
