#include <strata/base/metrics.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <type_traits>

#include <strata/base/result.hpp>
#include <strata/base/utf8.hpp>

namespace strata {
namespace {

constexpr std::size_t kMaxSeries = 1000;

using Series = std::variant<std::unique_ptr<Counter>, std::unique_ptr<Gauge>, std::unique_ptr<Histogram>>;
constexpr std::array<std::string_view, 3> kKinds{"counter", "gauge", "histogram"};

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// Returns true for a valid name: [a-zA-Z_:][a-zA-Z0-9_:]* for metrics, the same without ':' for labels.
bool is_name(std::string_view name, bool colons) {
    if (name.empty() || is_digit(name.front())) return false;
    return std::ranges::all_of(name, [&](char c) { return is_letter(c) || is_digit(c) || (colons && c == ':'); });
}

bool are_valid_labels(const Labels& labels) {
    for (std::size_t i = 0; i < labels.size(); ++i) {
        const auto& name = labels[i].first;
        // The prefix "__" is reserved, and "le" is the bound of a histogram's bucket.
        if (!is_name(name, /*colons=*/false) || name.starts_with("__") || name == "le") return false;
        for (std::size_t k = 0; k < i; ++k)
            if (labels[k].first == name) return false;
    }
    return true;
}

/// Escapes \ and line feeds, as HELP texts require; in label values also the quote.
std::string escaped(std::string_view text, bool quotes) {
    std::string out;
    for (const char c : text) {
        if (c == '\n') {
            out += "\\n";
            continue;
        }
        if (c == '\\' || (quotes && c == '"')) out += '\\';
        out += c;
    }
    return out;
}

/// Returns a label's value as UTF-8, which the format requires. If it is not valid UTF-8, as a value from outside may
/// be, '?' replaces every byte of it that is not ASCII.
std::string utf8_of(std::string_view text) {
    std::string out(text);
    if (!is_utf8(out))
        for (char& c : out)
            if (static_cast<unsigned char>(c) >= 0x80) c = '?';
    return out;
}

/// Returns name="value",… without the braces.
std::string label_text(const Labels& labels) {
    std::string out;
    for (const auto& [name, value] : labels) {
        if (!out.empty()) out += ',';
        out += name + "=\"" + escaped(utf8_of(value), /*quotes=*/true) + '"';
    }
    return out;
}

std::string braces(const std::string& labels) {
    return labels.empty() ? "" : '{' + labels + '}';
}

/// Returns the shortest text that Go's ParseFloat reads as this number.
std::string number(double value) {
    if (std::isnan(value)) return "NaN";
    if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
    return fmt::format("{}", value);
}

void print(std::string& out, const std::string& name, const std::string& labels, const Counter& counter) {
    out += fmt::format("{}{} {}\n", name, braces(labels), counter.value());
}
void print(std::string& out, const std::string& name, const std::string& labels, const Gauge& gauge) {
    out += fmt::format("{}{} {}\n", name, braces(labels), number(gauge.value()));
}
// In the text format, a bucket counts all values up to its bound, so it includes the buckets before it.
void print(std::string& out, const std::string& name, const std::string& labels, const Histogram& histogram) {
    const std::string before = labels.empty() ? "" : labels + ',';
    std::uint64_t count = 0;
    for (std::size_t i = 0; i <= histogram.bounds().size(); ++i) {
        count += histogram.in_bucket(i);
        const std::string bound = i < histogram.bounds().size() ? number(histogram.bounds()[i]) : "+Inf";
        out += fmt::format("{}_bucket{{{}le=\"{}\"}} {}\n", name, before, bound, count);
    }
    out += fmt::format("{}_sum{} {}\n", name, braces(labels), number(histogram.sum()));
    out += fmt::format("{}_count{} {}\n", name, braces(labels), count);
}

}  // namespace

struct Metrics::Family {
    std::string help;
    std::size_t kind = 0;                  // the index in kKinds and in the variant Series
    std::map<std::string, Series> series;  // by the text of the labels
};

Metrics::Metrics() = default;
Metrics::~Metrics() = default;

Histogram::Histogram(std::vector<double> bounds) : bounds_(std::move(bounds)), buckets_(bounds_.size() + 1) {
    STRATA_CHECK(std::ranges::is_sorted(bounds_, std::less_equal<>()));  // strictly ascending
}

void Histogram::observe(double value) {
    if (std::isnan(value)) return;
    const auto bucket = std::ranges::lower_bound(bounds_, value) - bounds_.begin();
    buckets_[static_cast<std::size_t>(bucket)].add();
    sum_.add(value);
}

std::vector<double> duration_bounds() {
    return {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60};
}

template <class T>
T& Metrics::series(std::string_view name, std::string_view help, const Labels& labels, auto make) {
    STRATA_CHECK(is_name(name, /*colons=*/true) && are_valid_labels(labels));
    const std::size_t kind = Series(std::unique_ptr<T>()).index();
    const Lock lock(mutex_);
    const auto [it, is_new] = families_.try_emplace(std::string(name));
    Family& family = it->second;
    if (is_new) {
        family.help = help;
        family.kind = kind;
    }
    STRATA_CHECK(family.kind == kind && family.help == help);
    std::string key = label_text(labels);
    // Above the limit, new label values share a series, since an outsider may choose them.
    if (family.series.size() >= kMaxSeries && !family.series.contains(key)) {
        Labels shared = labels;
        for (auto& label : shared) label.second = "other";
        key = label_text(shared);
    }
    const auto found = family.series.find(key);
    if (found != family.series.end()) return *std::get<std::unique_ptr<T>>(found->second);
    auto made = make();
    T& out = *made;
    family.series.emplace(std::move(key), std::move(made));
    return out;
}

Counter& Metrics::counter(std::string_view name, std::string_view help, const Labels& labels) {
    return series<Counter>(name, help, labels, [] { return std::make_unique<Counter>(); });
}
Gauge& Metrics::gauge(std::string_view name, std::string_view help, const Labels& labels) {
    return series<Gauge>(name, help, labels, [] { return std::make_unique<Gauge>(); });
}
Histogram& Metrics::histogram(std::string_view name, std::string_view help, std::vector<double> bounds,
                              const Labels& labels) {
    return series<Histogram>(name, help, labels, [&] { return std::make_unique<Histogram>(std::move(bounds)); });
}

std::string Metrics::text() const {
    std::string out;
    const Lock lock(mutex_);
    for (const auto& [name, family] : families_) {
        out += fmt::format("# HELP {} {}\n# TYPE {} {}\n", name, escaped(family.help, /*quotes=*/false), name,
                           kKinds.at(family.kind));
        for (const auto& [labels, series] : family.series)
            std::visit([&](const auto& value) { print(out, name, labels, *value); }, series);
    }
    return out;
}

}  // namespace strata
