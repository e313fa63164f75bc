#include <strata/terminal/report.hpp>

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>

#include <strata/terminal/width.hpp>

namespace strata::terminal {
namespace {

constexpr int kBarWidth = 30;
// Drawing more often would slow the work down and flicker.
constexpr auto kRedraw = std::chrono::milliseconds(100);

std::string bar(double done) {
    const int full = static_cast<int>(std::lround(std::clamp(done, 0.0, 1.0) * kBarWidth));
    std::string out;
    for (int i = 0; i < kBarWidth; ++i) out += i < full ? "█" : "░";
    return out;
}

}  // namespace

Report::Report(std::FILE* out) : out_(out), terminal_(::isatty(::fileno(out)) != 0) {}

void Report::clear_bar() {
    if (!bar_shown_) return;
    // Back to the first column, then delete to the end of the line.
    fmt::print(out_, "\r\033[K");
    std::fflush(out_);  // what is printed next may go to the terminal through a different stream
    bar_shown_ = false;
}

// A line that takes two rows of the terminal could not be drawn over itself.
void Report::draw(std::string_view line) {
    const auto columns = columns_of(out_);
    fmt::print(out_, "\r\033[K{}", cut(line, columns == 0 ? 0 : columns - 1));
    bar_shown_ = true;
    std::fflush(out_);
}

void Report::end_stage() {
    clear_bar();
    step_.clear();
    if (times_.empty() || times_.back().seconds != 0) return;  // no stage began, or the last one has already ended
    times_.back().seconds = std::chrono::duration<double>(Clock::now() - started_).count();
    fmt::print(out_, "     {:.1f} s\n\n", times_.back().seconds);
    std::fflush(out_);
}

void Report::stage(std::string_view title) {
    const Lock lock(mutex_);
    end_stage();
    times_.push_back({std::string(title), 0});
    started_ = Clock::now();
    fmt::print(out_, "{:2}.  {}\n", times_.size(), title);
    std::fflush(out_);
}

void Report::fact(std::string_view name, std::string_view value) {
    const Lock lock(mutex_);
    clear_bar();
    fmt::print(out_, "{}\n", folded(fmt::format("     {:<22} {}", name, value), columns_of(out_)));
    std::fflush(out_);
}

void Report::progress(std::string_view step, double done) {
    const Lock lock(mutex_);
    if (terminal_) {
        const auto now = Clock::now();
        if (bar_shown_ && done < 1 && now - drawn_ < kRedraw) return;
        drawn_ = now;
        draw(fmt::format("     {} {:3.0f} %  {}", bar(done), done * 100, step));
    } else {
        // In a file a bar would fill pages: one line for each quarter is enough, and none for a step that just begins.
        const int quarter = static_cast<int>(std::floor(std::clamp(done, 0.0, 1.0) * 4));
        if (step == step_ && quarter <= shown_quarter_) return;
        if (step == step_ || quarter > 0) fmt::print(out_, "     {:3.0f} %  {}\n", done * 100, step);
        step_ = step;
        shown_quarter_ = quarter;
        std::fflush(out_);
    }
}

void Report::status(std::string_view text) {
    const Lock lock(mutex_);
    if (!terminal_) return;
    draw(fmt::format("     {}", text));
}

Watch Report::watch(const std::atomic<bool>* stop) {
    return {[this](std::string_view step, double done) { progress(step, done); }, stop};
}

void Report::finish() {
    const Lock lock(mutex_);
    end_stage();
}

void Report::table(const std::vector<std::vector<std::string>>& rows) {
    const Lock lock(mutex_);
    clear_bar();
    // Each column is as wide as its longest cell; spaces at the end of a line are cut off.
    std::vector<std::size_t> widths;
    for (const auto& row : rows)
        for (std::size_t i = 0; i < row.size(); ++i) {
            if (i == widths.size()) widths.push_back(0);
            widths[i] = std::max(widths[i], row[i].size());
        }
    for (std::size_t r = 0; r < rows.size(); ++r) {
        std::string line = "  ";
        for (std::size_t i = 0; i < rows[r].size(); ++i) line += fmt::format("  {:<{}}", rows[r][i], widths[i]);
        line.erase(line.find_last_not_of(' ') + 1);
        fmt::print(out_, "{}\n", line);
        if (r == 0) {
            std::string rule = "    ";
            for (const auto width : widths) rule += std::string(width, '-') + "  ";
            fmt::print(out_, "{}\n", rule.substr(0, rule.find_last_not_of(' ') + 1));
        }
    }
    std::fflush(out_);
}

}  // namespace strata::terminal
