// Protects what a person reads during a long run, and what a log file gets of it: numbered stages, a line at each
// quarter and no control characters, and on a terminal one line that is drawn over itself. Source: the promises of
// report.hpp; ECMA-48 for the sequence that clears a line.
#include <strata/terminal/report.hpp>

#include <gmock/gmock.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <thread>

namespace strata::terminal {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

/// Returns the text that `use` writes into a file.
template <class Use>
std::string written(Use use) {
    std::FILE* file = std::tmpfile();
    EXPECT_NE(file, nullptr);
    {
        Report report(file);
        use(report);
    }
    std::string out(static_cast<std::size_t>(std::ftell(file)), '\0');
    EXPECT_EQ(std::fseek(file, 0, SEEK_SET), 0);
    EXPECT_EQ(std::fread(out.data(), 1, out.size(), file), out.size());
    std::fclose(file);
    return out;
}

TEST(Report, stages_are_numbered_and_each_ends_with_its_time) {
    std::vector<Report::StageTime> times;
    const auto text = written([&](Report& report) {
        report.stage("Genesis");
        report.fact("network", "strata-devnet-7");
        report.stage("Sealing");
        report.finish();
        times = report.times();
    });
    EXPECT_THAT(text,
                ContainsRegex("^ 1\\.  Genesis\n     network +strata-devnet-7\n     [0-9.]+ s\n\n 2\\.  Sealing\n"));
    ASSERT_EQ(times.size(), 2U);
    EXPECT_EQ(times[0].title, "Genesis");
    EXPECT_GE(times[1].seconds, 0);
}

TEST(Report, a_file_gets_a_line_at_each_quarter_and_no_control_characters) {
    const auto text = written([](Report& report) {
        report.stage("Sealing");
        for (int percent = 0; percent <= 100; ++percent) report.progress("layer 1", percent / 100.0);
        report.status("epoch 7");
    });
    for (const char* line : {"25 %  layer 1\n", "50 %  layer 1\n", "75 %  layer 1\n", "100 %  layer 1\n"})
        EXPECT_THAT(text, HasSubstr(line));
    EXPECT_EQ(std::ranges::count(text, '\n'), 1 + 4) << text;
    EXPECT_THAT(text, Not(HasSubstr("\033")));
    EXPECT_THAT(text, Not(HasSubstr("\r")));
    EXPECT_THAT(text, Not(HasSubstr("epoch 7"))) << "the present state is not for files";
}

TEST(Report, values_out_of_range_do_no_harm) {
    const auto text = written([](Report& report) {
        report.progress("step", -1);
        report.progress("step", 7);
        report.progress("step", 7);
    });
    EXPECT_LE(std::ranges::count(text, '\n'), 2) << text;
}

TEST(Report, the_progress_of_a_watch_is_shown_and_its_stop_is_passed_on) {
    const std::atomic<bool> stop = true;
    const auto text = written([&](Report& report) {
        const auto watch = report.watch(&stop);
        EXPECT_EQ(watch.stop, &stop);
        watch.progress("trees", 0.5);
        EXPECT_EQ(report.watch(nullptr).stop, nullptr);
    });
    EXPECT_THAT(text, HasSubstr("50 %  trees"));
}

TEST(Report, columns_of_a_table_are_aligned_below_a_rule) {
    const auto text = written(
        [](Report& report) { report.table({{"what", "amount"}, {"pledge", "1"}, {"a longer name", "12345"}}); });
    EXPECT_EQ(text,
              "    what           amount\n"
              "    -------------  ------\n"
              "    pledge         1\n"
              "    a longer name  12345\n");
}

TEST(Report, lines_of_several_threads_are_whole) {
    const auto text = written([](Report& report) {
        std::vector<std::jthread> threads;
        for (int t = 0; t < 4; ++t)
            threads.emplace_back([&report] {
                for (int i = 0; i < 50; ++i) report.fact("name", "value");
            });
    });
    std::string_view rest = text;
    int lines = 0;
    for (std::size_t end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n'), ++lines) {
        EXPECT_EQ(rest.substr(0, end), "     name                   value");
        rest.remove_prefix(end + 1);
    }
    EXPECT_EQ(lines, 200);
}

TEST(Report, a_terminal_has_one_line_that_is_drawn_over_itself) {
    int master = -1, slave = -1;
    ASSERT_EQ(::openpty(&master, &slave, nullptr, nullptr, nullptr), 0);
    std::FILE* terminal = ::fdopen(slave, "w");
    ASSERT_NE(terminal, nullptr);
    {
        Report report(terminal);
        report.progress("layer 1", 1);
        report.status("epoch 7");
        report.fact("done", "yes");
    }
    std::fclose(terminal);
    // The kernel hands the text over in pieces; after the last one, the closed terminal is an error (EIO).
    std::string text;
    std::array<char, 4096> buffer{};
    for (ssize_t size = 0; (size = ::read(master, buffer.data(), buffer.size())) > 0;)
        text.append(buffer.data(), static_cast<std::size_t>(size));
    // Carriage return and "erase to the end of the line" (ECMA-48, EL).
    EXPECT_THAT(text, HasSubstr("\r\033[K     epoch 7"));
    EXPECT_THAT(text, HasSubstr("100 %  layer 1"));
    EXPECT_THAT(text, HasSubstr("epoch 7\r\033[K     done")) << "the line is gone before a fact is printed";
    ::close(master);
}

TEST(Report, a_line_that_is_drawn_over_itself_fits_into_the_terminal) {
    int master = -1, slave = -1;
    winsize size{};
    size.ws_col = 20;
    ASSERT_EQ(::openpty(&master, &slave, nullptr, nullptr, &size), 0);
    std::FILE* terminal = ::fdopen(slave, "w");
    ASSERT_NE(terminal, nullptr);
    Report(terminal).status("epoch 7: the provider publishes the deal");
    std::fclose(terminal);
    std::array<char, 256> buffer{};
    const auto size_read = ::read(master, buffer.data(), buffer.size());
    ASSERT_GT(size_read, 0);
    EXPECT_EQ(std::string(buffer.data(), static_cast<std::size_t>(size_read)), "\r\033[K     epoch 7: the …");
    ::close(master);
}

}  // namespace
}  // namespace strata::terminal
