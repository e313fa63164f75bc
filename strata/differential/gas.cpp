#include <strata/differential/gas.hpp>

#include <fmt/format.h>

#include <cmath>

#include <strata/vm/host_calls.hpp>
#include <strata/vm/machine.hpp>

namespace strata::differential {
namespace {

constexpr std::size_t kTerms = 4;  // the call itself, host calls, bytes read, bytes written
// How strongly a fit with many samples is drawn to its prior: enough to choose between terms that always go together.
constexpr double kPriorShare = 0.003;
// Amounts are rounded to this number of digits.
constexpr int kDigits = 3;
using Terms = std::array<double, kTerms>;

constexpr std::string_view kStartCharges[] = {"wasm_memory_init", "wasm_table_init"};
constexpr std::string_view kCodeCharges[] = {"wasm_exec", "wasm_memory_grow", "wasm_memory_init", "wasm_table_init"};
constexpr std::string_view kLoopCharges[] = {"OnNativeRound", "OnNativeEvm"};

// A block that is created pays at least its retention price, and more than that only if it consists of links.
std::uint64_t bytes_created(const vm::GasCharge& charge, const vm::PriceList& prices) {
    return (charge.compute + charge.other) / prices.memory_retention_per_byte;
}

void add_charge(CallGas& to, const vm::GasCharge& charge, const vm::PriceList& prices) {
    const std::uint64_t amount = charge.compute + charge.other;
    const auto is_in = [&](const auto& names) { return std::ranges::find(names, charge.name) != std::end(names); };
    if (is_in(kStartCharges)) to.official_start += amount;
    if (is_in(kCodeCharges)) {
        to.official_code += amount;
    } else if (is_in(kLoopCharges)) {
        to.native_loops += amount;
    } else if (charge.name == vm::kNativeCode) {
        to.native_code += amount;
    } else {
        to.native_rest += amount;
    }
    if (charge.name == "OnSyscall") ++to.host_calls;
    if (charge.name == "OnBlockRead") to.bytes_read += charge.compute / prices.memory_copy_per_byte;
    if (charge.name == "OnBlockCreate") to.bytes_written += bytes_created(charge, prices);
}

// Returns one record for each call, with the charges that the call made by itself.
std::vector<CallGas> calls_of(const GasRecord& record) {
    const auto& prices = vm::price_list(machine_at(0).network.network_version);
    std::vector<CallGas> out(record.calls.size());
    std::vector<std::size_t> open;
    std::size_t next = 0;
    for (std::size_t at = 0; at < record.charges.size(); ++at) {
        while (!open.empty() && record.calls[open.back()].end <= at) open.pop_back();
        while (next < record.calls.size() && record.calls[next].begin <= at) {
            out[next].method = record.calls[next].method;
            if (record.calls[next].end > at) open.push_back(next);
            ++next;
        }
        while (!open.empty() && record.calls[open.back()].end <= at) open.pop_back();
        if (!open.empty()) add_charge(out[open.back()], record.charges[at], prices);
    }
    return out;
}

bool same_calls(const GasRecord& a, const GasRecord& b) {
    return std::ranges::equal(a.calls, b.calls, [](const ChargedCall& one, const ChargedCall& other) {
        return one.method == other.method && one.exit_code == other.exit_code;
    });
}

void add_sample(GasSamples& samples, bool is_cron, const Outcome& native, const GasRecord& native_record,
                const Outcome& official, const GasRecord& official_record) {
    MessageGas message{is_cron, native.exit_code, {}, native.gas_used, official.gas_used};
    if (!native_record.calls.empty()) message.method = native_record.calls.front().method;
    samples.messages.push_back(message);
    if (!same_calls(native_record, official_record)) {
        ++samples.unlike;
        return;
    }
    auto calls = calls_of(native_record);
    const auto theirs = calls_of(official_record);
    for (std::size_t i = 0; i < calls.size(); ++i) {
        calls[i].official_code = theirs[i].official_code;
        calls[i].official_start = theirs[i].official_start;
        calls[i].official_rest = theirs[i].native_rest;
        if (native_record.calls[i].exit_code == 0) samples.calls.push_back(calls[i]);
    }
}

// Least squares of the relative error with coefficients that are not negative, drawn to `prior` with the weight of a
// few samples, so that a method with few calls gets sensible coefficients. Coordinate descent.
class Fit {
  public:
    void add(const CallGas& call) {
        // Precompiles charge for their work before they find that the input is wrong.
        if (call.native_loops > call.official_code) return;
        const Terms x = {1000, 1000 * double(call.host_calls), double(call.bytes_read), double(call.bytes_written)};
        // The native actor also makes up for blocks that the official one reads and writes, and it does not.
        const double y = double(call.official_code) + double(call.official_rest) - double(call.native_rest) -
                         double(call.official_start) - double(call.native_loops);
        start_ = double(call.official_start) / 1000;
        const double all = double(call.official_code + call.official_rest);
        const double weight = 1 / (all * all + 1);
        for (std::size_t i = 0; i < kTerms; ++i) {
            for (std::size_t j = 0; j < kTerms; ++j) square_[i][j] += weight * x[i] * x[j];
            product_[i] += weight * x[i] * y;
        }
        ++count_;
    }
    void draw_to(const Terms& prior, double samples) {
        for (std::size_t i = 1; i < kTerms; ++i) {
            const double share = samples / double(count_ + 1) + kPriorShare;
            const double strength = square_[i][i] * share + 1e-30;
            square_[i][i] += strength;
            product_[i] += strength * prior[i];
        }
    }
    /// The first term of the result includes the start of the instance.
    Terms solve() const {
        Terms out{};
        for (int round = 0; round < 20'000; ++round)
            for (std::size_t i = 0; i < kTerms; ++i) {
                double rest = product_[i];
                for (std::size_t j = 0; j < kTerms; ++j)
                    if (j != i) rest -= square_[i][j] * out[j];
                out[i] = square_[i][i] > 0 ? std::max(0.0, rest / square_[i][i]) : 0;
            }
        out[0] += start_;
        return out;
    }

  private:
    double start_ = 0;  // in gas; the same for all calls of an actor
    std::array<Terms, kTerms> square_{};
    Terms product_{};
    std::size_t count_ = 0;
};

std::uint64_t rounded(double value) {
    double unit = 1;
    while (value / unit >= std::pow(10, kDigits)) unit *= 10;
    return static_cast<std::uint64_t>(std::llround(value / unit) * std::llround(unit));
}

actors::CodeCost row_of(MethodOf method, const Terms& terms) {
    return {method.type, method.method, rounded(terms[0]), rounded(terms[1]), rounded(terms[2]), rounded(terms[3])};
}

// The name of the enumerator, by its number.
constexpr std::string_view kEnumerators[] = {"none",     "system",      "init",
                                             "cron",     "account",     "power",
                                             "miner",    "market",      "payment_channel",
                                             "multisig", "reward",      "verified_registry",
                                             "datacap",  "placeholder", "evm",
                                             "eam",      "ethaccount"};

}  // namespace

Status sample_gas(const Start& start, const Implementations& both, std::uint64_t seed, std::size_t steps,
                  const GeneratorOptions& options, const Watch& watch, GasSamples& samples) {
    Pair pair(start, both.first, both.first_name, both.second, both.second_name);
    bool is_cron = false;
    pair.record_gas([&](const Outcome& native, const GasRecord& ours, const Outcome& official,
                        const GasRecord& theirs) { add_sample(samples, is_cron, native, ours, official, theirs); });
    Generator generator(start, seed, options);
    for (std::size_t at = 0; at < steps && !watch.stopped(); ++at) {
        if (watch.progress)
            watch.progress("seed " + std::to_string(seed), static_cast<double>(at) / static_cast<double>(steps));
        STRATA_TRY(const auto step, generator.next(pair.store(), pair.root()));
        is_cron = step.kind == Step::Kind::cron;
        STRATA_TRY(samples.difference, pair.apply(step));
        if (samples.difference) break;
    }
    return {};
}

std::map<vm::ActorType, std::vector<actors::CodeCost>> fit_costs(const std::vector<CallGas>& calls) {
    constexpr double kPriorSamples = 2;
    Fit all;
    std::map<vm::ActorType, Fit> actors;
    std::map<MethodOf, Fit> methods;
    for (const auto& call : calls) {
        if (vm::actor_type_name(call.method.type).empty()) continue;
        all.add(call);
        actors[call.method.type].add(call);
        if (has_method(call.method)) methods[call.method].add(call);
    }
    const Terms base = all.solve();
    std::map<vm::ActorType, std::vector<actors::CodeCost>> out;
    std::map<vm::ActorType, Terms> of_actors;
    for (auto& [type, fit] : actors) {
        fit.draw_to(base, kPriorSamples);
        of_actors[type] = fit.solve();
        out[type].push_back(row_of({type, 0}, of_actors[type]));
    }
    for (auto& [method, fit] : methods) {
        fit.draw_to(of_actors[method.type], kPriorSamples);
        out[method.type].push_back(row_of(method, fit.solve()));
    }
    return out;
}

std::string costs_text(const std::map<vm::ActorType, std::vector<actors::CodeCost>>& costs) {
    std::string out;
    for (const auto& [type, rows] : costs)
        for (const auto& row : rows)
            out += fmt::format("{{{}, {}, {}, {}, {}, {}}},\n", kEnumerators[std::to_underlying(type)], row.method,
                               row.call, row.host_call, row.byte_read, row.byte_written);
    return out;
}

std::vector<std::string> methods_apart(const std::vector<CallGas>& calls) {
    struct Sum {
        std::uint64_t count = 0;
        double code = 0, loops = 0, rest = 0, official_code = 0, official_rest = 0;
    };
    std::map<MethodOf, Sum> sums;
    for (const auto& call : calls) {
        auto& sum = sums[call.method];
        ++sum.count;
        sum.code += double(call.native_code);
        sum.loops += double(call.native_loops);
        sum.rest += double(call.native_rest);
        sum.official_code += double(call.official_code);
        sum.official_rest += double(call.official_rest);
    }
    std::vector<std::string> out;
    for (const auto& [method, sum] : sums) {
        const double ratio = (sum.code + sum.loops + sum.rest) / (sum.official_code + sum.official_rest);
        if (ratio > 0.9 && ratio < 1.1) continue;
        const auto mean = [count = double(sum.count)](double total) { return total / count / 1000; };
        out.push_back(
            fmt::format("{:.3f} {} {}, {} calls of {:.0f} gas: code {:.0f} and loops {:.0f} instead of {:.0f}, "
                        "the rest {:.0f} instead of {:.0f}",
                        ratio, vm::actor_type_name(method.type), method.method, sum.count,
                        mean(sum.official_code + sum.official_rest), mean(sum.code), mean(sum.loops),
                        mean(sum.official_code), mean(sum.rest), mean(sum.official_rest)));
    }
    return out;
}

GasDistribution distribution_of(const std::vector<MessageGas>& messages) {
    GasDistribution out;
    std::vector<double> ratios;
    std::map<std::pair<bool, MethodOf>, std::pair<double, MessageGas>> worst;
    const auto distance = [](double ratio) { return std::abs(std::log(ratio)); };
    for (const auto& message : messages) {
        if (message.exit_code != 0 || message.official == 0) continue;
        const double ratio = double(message.native) / double(message.official);
        ratios.push_back(ratio);
        if (ratio >= 0.8 && ratio <= 1.2) ++out.within_fifth;
        auto& [far, which] = worst.try_emplace({message.is_cron, message.method}, 1.0, message).first->second;
        if (distance(ratio) > distance(far)) {
            far = ratio;
            which = message;
        }
    }
    out.count = ratios.size();
    if (ratios.empty()) return out;
    std::ranges::sort(ratios);
    for (std::size_t i = 0; i < kQuantiles.size(); ++i)
        out.quantiles[i] = ratios[static_cast<std::size_t>(kQuantiles[i] * double(ratios.size() - 1))];
    for (const auto& [key, entry] : worst) out.farthest.push_back(entry);
    std::ranges::sort(out.farthest, std::greater{}, [&](const auto& entry) { return distance(entry.first); });
    return out;
}

}  // namespace strata::differential
