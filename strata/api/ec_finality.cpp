#include <strata/api/ec_finality.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace strata::api {
namespace {

// Distributions end at this number of blocks, or where they have become negligible. Source: the reference program.
constexpr std::size_t kMostLead = 400;
constexpr std::size_t kMostFuture = 400;
constexpr std::size_t kFutureEpochs = 100;
constexpr double kNegligible = 1e-25;

/// The probabilities of 0, 1, 2, … blocks.
class Distribution {
  public:
    /// Adds the next probability. Returns false if it is negligible, so that the distribution ends with it.
    bool add(double probability) {
        const bool falls = p_.size() > 1 && probability < kNegligible && probability < p_.back();
        p_.push_back(probability);
        return !falls;
    }
    /// Gives what is missing to 1 to "no block".
    void complete() { p_[0] += 1 - std::accumulate(p_.begin(), p_.end(), 0.0); }
    /// Sums up; call this before at_least().
    void sum_up() {
        sums_.resize(p_.size());
        std::partial_sum(p_.begin(), p_.end(), sums_.begin());
    }
    /// The probability of n blocks; beyond the end it stays at the last, negligible one.
    double of(std::size_t n) const { return p_[std::min(n, p_.size() - 1)]; }
    /// A bound for the probability of n blocks or more. Like the reference, it leaves 0 and 1 together.
    double at_least(std::size_t n) const {
        return n < 2 ? sums_.back() : sums_.back() - sums_[std::min(n - 1, sums_.size() - 1)];
    }
    /// The probability of n blocks or more.
    double at_least_exactly(std::size_t n) const {
        return n == 0 ? sums_.back() : sums_.back() - sums_[std::min(n - 1, sums_.size() - 1)];
    }

  private:
    std::vector<double> p_;
    std::vector<double> sums_;
};

/// Logarithms of factorials, summed with more digits than the results need.
class LogFactorials {
  public:
    explicit LogFactorials(std::size_t most) {
        values_.reserve(most + 1);
        long double sum = 0;
        values_.push_back(0);
        for (std::size_t n = 1; n <= most; ++n) {
            sum += std::log(static_cast<long double>(n));
            values_.push_back(static_cast<double>(sum));
        }
    }
    double of(std::size_t n) const { return values_[n]; }

  private:
    std::vector<double> values_;
};

/// Returns the logarithm of the probability of n events of a Poisson process with this rate, which is not 0.
double log_poisson(const LogFactorials& factorials, double rate, double log_rate, std::size_t n) {
    return static_cast<double>(n) * log_rate - rate - factorials.of(n);
}
double poisson(const LogFactorials& factorials, double rate, std::size_t n) {
    return std::exp(log_poisson(factorials, rate, std::log(rate), n));
}

/// Returns exp(-x) I_k(x) for k from 0 to `most`, by Miller's backward recurrence (Abramowitz and Stegun, 9.12).
std::vector<double> scaled_bessel(double x, std::size_t most) {
    constexpr double kHuge = 1e250;
    const std::size_t start = most + 600;  // far enough for the rates of 100 epochs
    std::vector<double> out(most + 1);
    double above = 0, here = 1e-250, sum = 0;
    for (std::size_t k = start; k > 0; --k) {
        const double below = above + 2 * static_cast<double>(k) / x * here;
        above = here;
        here = below;
        if (here > kHuge) {
            for (double* value : {&above, &here, &sum}) *value /= kHuge;
            for (auto& value : out) value /= kHuge;
        }
        if (k - 1 <= most) out[k - 1] = here;
        sum += (k == 1 ? 1 : 2) * here;
    }
    for (auto& value : out) value /= sum;
    return out;
}

/// The blocks that an adversary may gain on the public chain in the future: the greatest probability over all numbers
/// of epochs of a Skellam distribution.
Distribution future_gain(const EcFinalityModel& model) {
    const double malicious = model.blocks_per_epoch * model.byzantine_fraction;
    const double honest = model.blocks_per_epoch - malicious;
    const auto terms = static_cast<std::size_t>(4 * model.blocks_per_epoch);
    const LogFactorials factorials(terms);
    double growth = 0;  // of the public chain while the adversary slows it down, if an honest block exists
    for (std::size_t k = 0; k < terms; ++k)
        growth +=
            (honest + static_cast<double>(k)) / std::exp2(static_cast<double>(k)) * poisson(factorials, malicious, k);
    const double public_rate = (1 - std::exp(-honest)) * growth;

    std::vector<double> greatest(kMostFuture + 1);
    for (std::size_t epochs = 1; epochs <= kFutureEpochs; ++epochs) {
        const double theirs = static_cast<double>(epochs) * malicious;
        const double ours = static_cast<double>(epochs) * public_rate;
        const auto bessel = scaled_bessel(2 * std::sqrt(theirs * ours), kMostFuture);
        const double apart = std::sqrt(theirs) - std::sqrt(ours);
        const double scale = std::exp(-apart * apart);
        const double ratio = std::sqrt(theirs / ours);
        for (std::size_t k = 0; k <= kMostFuture; ++k)
            greatest[k] = std::max(greatest[k], scale * std::pow(ratio, static_cast<double>(k)) * bessel[k]);
    }
    Distribution out;
    for (const double probability : greatest)
        if (!out.add(probability)) break;
    out.complete();
    out.sum_up();
    return out;
}

/// Evaluates one chain at several depths.
class Calculator {
  public:
    Calculator(std::span<const std::size_t> blocks, const EcFinalityModel& model)
        : blocks_(blocks),
          model_(model),
          malicious_(model.blocks_per_epoch * model.byzantine_fraction),
          factorials_(std::accumulate(blocks.begin(), blocks.end(), kMostLead) +
                      blocks.size() * static_cast<std::size_t>(model.blocks_per_epoch)),
          future_(future_gain(model)) {
        for (std::size_t epochs = 1; epochs <= blocks.size(); ++epochs)
            log_rates_.push_back(std::log(static_cast<double>(epochs) * malicious_));
    }

    double probability(std::size_t depth) const {
        const std::size_t current = blocks_.size() - 1;
        if (blocks_.empty() || depth == 0 || depth > current) return 1;
        const std::size_t target = current - depth;
        const auto lead = lead_at(target);
        const auto recent = recent_blocks(depth);
        const std::size_t k =
            std::accumulate(blocks_.begin() + static_cast<std::ptrdiff_t>(target), blocks_.end() - 1, std::size_t{0});
        // The adversary has the lead already, or gains it by blocks until now, or by blocks in the future.
        double sum = 0;
        for (std::size_t l = 0; l < k; ++l) {
            sum += lead.of(l) * recent.at_least(k - l);
            for (std::size_t b = 0; b < k - l; ++b) sum += lead.of(l) * recent.of(b) * future_.at_least(k - l - b);
        }
        return std::min(lead.at_least_exactly(k) + sum, 1.0);
    }

  private:
    /// The blocks by which the adversary's chain may be ahead at the target.
    Distribution lead_at(std::size_t target) const {
        const std::size_t current = blocks_.size() - 1;
        const std::size_t floor = current > model_.lookback ? current - model_.lookback : 0;
        Distribution out;
        for (std::size_t k = 0; k <= kMostLead; ++k) {
            double rate = 0, greatest = -std::numeric_limits<double>::infinity();
            std::size_t chain = 0;
            for (std::size_t i = target; i > floor; --i) {
                rate += malicious_;
                chain += blocks_[i - 1];
                greatest = std::max(greatest, log_poisson(factorials_, rate, log_rates_[target - i], k + chain));
            }
            if (!out.add(std::exp(greatest))) break;
        }
        out.complete();
        out.sum_up();
        return out;
    }
    /// The blocks that the adversary has made since the target.
    Distribution recent_blocks(std::size_t depth) const {
        const double rate = static_cast<double>(depth) * malicious_;
        const std::size_t most = depth * static_cast<std::size_t>(model_.blocks_per_epoch);
        Distribution out;
        for (std::size_t k = 0; k <= most; ++k)
            if (!out.add(poisson(factorials_, rate, k))) break;
        out.sum_up();
        return out;
    }

    const std::span<const std::size_t> blocks_;
    const EcFinalityModel& model_;
    const double malicious_;
    const LogFactorials factorials_;
    const Distribution future_;
    std::vector<double> log_rates_;  // of 1, 2, … epochs
};

}  // namespace

double reorganization_probability(std::span<const std::size_t> blocks, std::size_t depth,
                                  const EcFinalityModel& model) {
    if (blocks.empty()) return 1;
    return Calculator(blocks, model).probability(depth);
}

std::optional<std::size_t> finality_depth(std::span<const std::size_t> blocks, const EcFinalityModel& model) {
    if (blocks.empty()) return std::nullopt;
    std::size_t low = model.least_depth;
    std::size_t high = std::min(model.greatest_depth, blocks.size() - 1);
    if (low >= high) return std::nullopt;
    const Calculator chain(blocks, model);
    if (chain.probability(low) < model.guarantee) return low;
    if (chain.probability(high) > model.guarantee) return std::nullopt;
    while (low < high) {
        const std::size_t middle = low + (high - low) / 2;
        if (chain.probability(middle) < model.guarantee) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low;
}

}  // namespace strata::api
