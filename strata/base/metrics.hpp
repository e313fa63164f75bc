#pragma once
// Collects numbers about a node and writes them as text for Prometheus. Source of the text:
// prometheus.io/docs/instrumenting/exposition_formats ("text-based format", version 0.0.4). A registry belongs to one
// node and is passed to its parts; the numbers live as long as the registry. Updating a number takes no lock and may be
// done by any thread.
#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <strata/base/mutex.hpp>

namespace strata {

/// A number that only grows. By convention its name ends in "_total".
class Counter {
  public:
    void add(std::uint64_t n = 1) { value_.fetch_add(n, std::memory_order_relaxed); }
    std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

  private:
    std::atomic<std::uint64_t> value_{0};
};

class Gauge {
  public:
    void set(double value) { value_.store(value, std::memory_order_relaxed); }
    void add(double change) { value_.fetch_add(change, std::memory_order_relaxed); }
    double value() const { return value_.load(std::memory_order_relaxed); }

  private:
    std::atomic<double> value_{0};
};

/// Counts observations by size.
class Histogram {
  public:
    /// Takes inclusive upper bounds in ascending order; the bucket without a bound is added.
    explicit Histogram(std::vector<double> bounds);
    void observe(double value);

    const std::vector<double>& bounds() const { return bounds_; }
    /// Returns the number of observations in bucket `i` alone, not cumulated; the last bucket has no bound.
    std::uint64_t in_bucket(std::size_t i) const { return buckets_[i].value(); }
    double sum() const { return sum_.value(); }

  private:
    std::vector<double> bounds_;
    std::vector<Counter> buckets_;
    Gauge sum_;
};

/// Returns bounds from 1 ms to 60 s, for durations in seconds.
std::vector<double> duration_bounds();

/// Measures durations for code that must not read a clock: the owner of that code brings the clock.
struct Stopwatch {
    Histogram* seconds = nullptr;   // takes the durations and must outlive the stopwatch; null: nothing is measured
    std::function<double()> clock;  // seconds since any moment, never going back; called from several threads
};

/// Observes how long a scope takes.
class Timed {
  public:
    /// `stopwatch` must outlive the object.
    explicit Timed(const Stopwatch& stopwatch)
        : stopwatch_(stopwatch), began_(stopwatch.seconds == nullptr ? 0 : stopwatch.clock()) {}
    ~Timed() {
        if (stopwatch_.seconds != nullptr) stopwatch_.seconds->observe(stopwatch_.clock() - began_);
    }
    Timed(const Timed&) = delete;
    Timed& operator=(const Timed&) = delete;

  private:
    const Stopwatch& stopwatch_;
    const double began_;
};

using Labels = std::vector<std::pair<std::string, std::string>>;

class Metrics {
  public:
    Metrics();
    Metrics(const Metrics&) = delete;
    Metrics& operator=(const Metrics&) = delete;
    ~Metrics();

    /// Returns the series with this name and these labels, which is made by the first call. A name has exactly one kind
    /// and one help text; names follow the format's grammar. Anything else is a bug of the program and aborts. A name
    /// has at most 1,000 series; further label values share one series whose values are all "other", so that an
    /// outsider who chooses values cannot fill the memory.
    Counter& counter(std::string_view name, std::string_view help, const Labels& labels = {});
    Gauge& gauge(std::string_view name, std::string_view help, const Labels& labels = {});
    Histogram& histogram(std::string_view name, std::string_view help, std::vector<double> bounds,
                         const Labels& labels = {});

    /// Returns the text of all series, ascending by name, then by labels.
    std::string text() const;
    static constexpr std::string_view kContentType = "text/plain; version=0.0.4; charset=utf-8";

  private:
    struct Family;
    template <class T>
    T& series(std::string_view name, std::string_view help, const Labels& labels, auto make);

    mutable Mutex mutex_;
    std::map<std::string, Family, std::less<>> families_ STRATA_GUARDED_BY(mutex_);
};

}  // namespace strata
