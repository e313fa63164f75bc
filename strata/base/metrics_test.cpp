// The expected texts follow the rules of prometheus.io/docs/instrumenting/exposition_formats.
#include <strata/base/metrics.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <thread>

namespace strata {
namespace {

TEST(Metrics, CountersAndGauges) {
    Metrics metrics;
    // This is the first example of the format's page.
    metrics.counter("http_requests_total", "The total number of HTTP requests.", {{"method", "post"}, {"code", "200"}})
        .add(1027);
    metrics.counter("http_requests_total", "The total number of HTTP requests.", {{"method", "post"}, {"code", "400"}})
        .add(3);
    metrics.gauge("head_height", "Height of the head.").set(17.5);
    EXPECT_EQ(metrics.text(),
              "# HELP head_height Height of the head.\n"
              "# TYPE head_height gauge\n"
              "head_height 17.5\n"
              "# HELP http_requests_total The total number of HTTP requests.\n"
              "# TYPE http_requests_total counter\n"
              "http_requests_total{method=\"post\",code=\"200\"} 1027\n"
              "http_requests_total{method=\"post\",code=\"400\"} 3\n");
}

TEST(Metrics, EscapesAsTheFormatSays) {
    Metrics metrics;
    // This is the page's example of escaping.
    metrics.gauge("msdos_file_access_time_seconds", "a \\ and\na \"quote\"",
                  {{"path", "C:\\DIR\\FILE.TXT"}, {"error", "Cannot find file:\n\"FILE.TXT\""}});
    metrics.gauge("peers", "By agent.", {{"agent", "bad \xff utf-8"}});
    EXPECT_EQ(metrics.text(),
              "# HELP msdos_file_access_time_seconds a \\\\ and\\na \"quote\"\n"
              "# TYPE msdos_file_access_time_seconds gauge\n"
              "msdos_file_access_time_seconds{path=\"C:\\\\DIR\\\\FILE.TXT\",error=\"Cannot find file:\\n\\\"FILE.TXT"
              "\\\"\"} 0\n"
              "# HELP peers By agent.\n"
              "# TYPE peers gauge\n"
              "peers{agent=\"bad ? utf-8\"} 0\n");
}

TEST(Metrics, NumbersThatAreNotFinite) {
    Metrics metrics;
    metrics.gauge("a", "").set(std::numeric_limits<double>::infinity());
    metrics.gauge("b", "").set(-std::numeric_limits<double>::infinity());
    metrics.gauge("c", "").set(std::nan(""));
    EXPECT_EQ(
        metrics.text(),
        "# HELP a \n# TYPE a gauge\na +Inf\n# HELP b \n# TYPE b gauge\nb -Inf\n# HELP c \n# TYPE c gauge\nc NaN\n");
}

TEST(Timed, ObservesWithTheClockThatItIsGiven) {
    Histogram seconds(duration_bounds());
    double now = 1'000;
    {
        const Stopwatch stopwatch{&seconds, [&now] { return now; }};
        const Timed timed(stopwatch);
        now += 0.75;
    }
    EXPECT_EQ(seconds.sum(), 0.75);
    const Stopwatch nobody;
    const Timed ignored(nobody);  // needs no clock
}

TEST(Metrics, HistogramsAreCumulative) {
    Metrics metrics;
    auto& seconds = metrics.histogram("seconds", "Time.", {0.5, 1, 10}, {{"step", "seal"}});
    for (const double value : {0.25, 0.5, 0.75, 20.0}) seconds.observe(value);
    EXPECT_EQ(metrics.text(),
              "# HELP seconds Time.\n"
              "# TYPE seconds histogram\n"
              "seconds_bucket{step=\"seal\",le=\"0.5\"} 2\n"
              "seconds_bucket{step=\"seal\",le=\"1\"} 3\n"
              "seconds_bucket{step=\"seal\",le=\"10\"} 3\n"
              "seconds_bucket{step=\"seal\",le=\"+Inf\"} 4\n"
              "seconds_sum{step=\"seal\"} 21.5\n"
              "seconds_count{step=\"seal\"} 4\n");
    EXPECT_TRUE(Metrics().text().empty());
}

TEST(Metrics, TheSameSeriesIsTheSameObject) {
    Metrics metrics;
    auto& one = metrics.counter("x_total", "X.", {{"a", "1"}});
    EXPECT_EQ(&one, &metrics.counter("x_total", "X.", {{"a", "1"}}));
    EXPECT_NE(&one, &metrics.counter("x_total", "X.", {{"a", "2"}}));
}

TEST(Metrics, SeriesThatAnOutsiderNamesAreBounded) {
    Metrics metrics;
    for (int i = 0; i < 5000; ++i) metrics.counter("x_total", "X.", {{"agent", std::to_string(i)}}).add();
    const std::string text = metrics.text();
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 2 + 1000 + 1);
    EXPECT_TRUE(text.contains("x_total{agent=\"other\"} 4000\n"));
}

TEST(Metrics, CountsFromSeveralThreads) {
    Metrics metrics;
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&] {
            for (int i = 0; i < 1000; ++i) {
                metrics.counter("x_total", "X.").add();
                metrics.gauge("y", "Y.").add(1);
            }
        });
    threads.clear();
    EXPECT_EQ(metrics.counter("x_total", "X.").value(), 4000U);
    EXPECT_EQ(metrics.gauge("y", "Y.").value(), 4000);
}

TEST(MetricsDeathTest, WrongNamesAreBugs) {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    Metrics metrics;
    metrics.gauge("x", "X.");
    EXPECT_DEATH(metrics.counter("x", "X."), "kind");
    EXPECT_DEATH(metrics.counter("9x", "X."), "is_name");
    EXPECT_DEATH(metrics.counter("y", "Y.", {{"le", ""}}), "are_valid_labels");
}

}  // namespace
}  // namespace strata
