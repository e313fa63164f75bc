#pragma once
// Reports a long run to a person: numbered stages with facts, a bar for long work, and a table at the end. On a
// terminal the bar is drawn over itself and lines are broken at words; in a file or a pipe, a line appears at each
// quarter. Thread-safe.
#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

#include <strata/base/mutex.hpp>
#include <strata/base/watch.hpp>

namespace strata::terminal {

class Report {
  public:
    /// Times are only shown; nothing depends on them.
    using Clock = std::chrono::steady_clock;

    explicit Report(std::FILE* out);

    /// Ends the current stage and starts the next one.
    void stage(std::string_view title) STRATA_EXCLUDES(mutex_);
    /// Prints one line: a name and its value.
    void fact(std::string_view name, std::string_view value) STRATA_EXCLUDES(mutex_);
    /// Shows how much of a step is done, from 0 to 1.
    void progress(std::string_view step, double done) STRATA_EXCLUDES(mutex_);
    /// Shows the present state in one line that is drawn over itself on a terminal; elsewhere prints nothing.
    void status(std::string_view text) STRATA_EXCLUDES(mutex_);
    /// Shows the progress of work that takes a Watch; `stop` may be null.
    Watch watch(const std::atomic<bool>* stop);
    /// Ends the last stage.
    void finish() STRATA_EXCLUDES(mutex_);

    struct StageTime {
        std::string title;
        double seconds = 0;
    };
    std::vector<StageTime> times() const STRATA_EXCLUDES(mutex_) {
        const Lock lock(mutex_);
        return times_;
    }

    /// Prints rows of equal length with aligned columns; the first row is the heading.
    void table(const std::vector<std::vector<std::string>>& rows) STRATA_EXCLUDES(mutex_);

  private:
    void clear_bar() STRATA_REQUIRES(mutex_);
    void draw(std::string_view line) STRATA_REQUIRES(mutex_);
    void end_stage() STRATA_REQUIRES(mutex_);

    std::FILE* const out_;
    const bool terminal_;
    mutable Mutex mutex_;
    std::vector<StageTime> times_ STRATA_GUARDED_BY(mutex_);
    Clock::time_point started_ STRATA_GUARDED_BY(mutex_){};
    bool bar_shown_ STRATA_GUARDED_BY(mutex_) = false;
    std::string step_ STRATA_GUARDED_BY(mutex_);
    int shown_quarter_ STRATA_GUARDED_BY(mutex_) = -1;
    Clock::time_point drawn_ STRATA_GUARDED_BY(mutex_){};
};

}  // namespace strata::terminal
