// strata mpool: the pool of messages as Lotus' users know it. Source: lotus cli/mpool.go.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <map>
#include <set>
#include <thread>

#include <nlohmann/json.hpp>

#include <strata/chain/audit.hpp>
#include <strata/chain/base_fee.hpp>
#include <strata/cli/message_change.hpp>
#include <strata/cli/terminal.hpp>

namespace strata::cli {
namespace {

using api::Json;

struct PoolOptions : NodeOptions {
    bool local = false, cids = false, all = false;
    std::string to, from;
    std::optional<std::uint64_t> method;
    std::uint64_t lookback = 60;
    std::uint64_t count = 0;
    double interval = 1;  // seconds
};

/// Returns the messages of the pool that the options name.
Result<std::vector<PoolMessage>> chosen(const PoolOptions& options, api::Client& node) {
    std::optional<Address> to, from;
    if (!options.to.empty()) {
        STRATA_TRY(to, parse_address(options.to));
    }
    if (!options.from.empty()) {
        STRATA_TRY(from, parse_address(options.from));
    }
    std::set<Address> own;
    if (options.local) {
        STRATA_TRY(const auto addresses, own_addresses(node));
        own.insert(addresses.begin(), addresses.end());
    }
    STRATA_TRY(auto all, pool_messages(node));
    std::erase_if(all, [&](const PoolMessage& one) {
        const auto& message = one.message();
        return (to && message.to != *to) || (from && message.from != *from) ||
               (options.method && message.method != *options.method) || (options.local && !own.contains(message.from));
    });
    return all;
}

std::string line_of(const PoolMessage& one, char prefix) {
    const auto& message = one.message();
    return fmt::format("{}  from {} to {}, nonce {}, {}, method {}\n", one.cid.to_string(),
                       message.from.to_string(prefix), message.to.to_string(prefix), message.nonce,
                       chain::exact_fil(message.value), message.method);
}

Result<Answer> pending(const PoolOptions& options, api::Client& node, char prefix) {
    STRATA_TRY(const auto messages, chosen(options, node));
    Answer out{Json::array(), {}};
    for (const auto& one : messages) {
        out.json.push_back(options.cids ? Json{{"/", one.cid.to_string()}} : one.json);
        out.text += options.cids ? one.cid.to_string() + "\n" : line_of(one, prefix);
    }
    return out;
}

/// Returns the lowest base fee of the last epochs. Epochs without blocks are passed over.
Result<TokenAmount> lowest_base_fee(api::Client& node, std::uint64_t epochs) {
    STRATA_TRY(auto tipset, node.ask("ChainHead", Json::array()));
    std::optional<TokenAmount> lowest;
    for (std::uint64_t i = 0; i <= epochs; ++i) {
        const Json blocks = member(tipset, "Blocks");
        TokenAmount fee;
        if (!blocks.is_array() || blocks.empty() || !api::read(member(blocks[0], "ParentBaseFee"), fee))
            return fail(Errc::malformed, "the node's answer is not a tipset with blocks");
        lowest = lowest ? min(*lowest, fee) : fee;
        const Json parents = member(blocks[0], "Parents");
        // Genesis names a parent that is not a block.
        if (!parents.is_array() || parents.empty() || member(tipset, "Height") == 0) break;
        STRATA_TRY(tipset, node.ask("ChainGetTipSet", Json::array({parents})));
    }
    return lowest.value_or(TokenAmount());
}

/// How many messages of a sender are of the past, can go in one after the other, and wait for a nonce that is missing;
/// how many bid less than the base fee now, and less than the lowest of the last epochs.
struct Stat {
    std::uint64_t past = 0, current = 0, future = 0, below_now = 0, below_past = 0;
    BigInt gas;
    Stat& operator+=(const Stat& b) {
        past += b.past;
        current += b.current;
        future += b.future;
        below_now += b.below_now;
        below_past += b.below_past;
        gas += b.gas;
        return *this;
    }
    Json json() const {
        return {{"Past", past},
                {"Current", current},
                {"Future", future},
                {"BelowBaseFee", below_now},
                {"BelowPast", below_past},
                {"GasLimit", gas.to_string()}};
    }
};

// The lines are those of lotus mpool stat.
std::string stat_line(std::string_view who, const Stat& stat, std::uint64_t lookback) {
    return fmt::format("{}: Nonce past: {}, cur: {}, future: {}; FeeCap cur: {}, min-{}: {}, gasLimit: {}\n", who,
                       stat.past, stat.current, stat.future, stat.below_now, lookback, stat.below_past,
                       stat.gas.to_string());
}

Result<Stat> stat_of(const std::vector<PoolMessage>& messages, Nonce next, const TokenAmount& now,
                     const TokenAmount& past) {
    Stat out;
    for (const auto& one : messages) {
        const auto& message = one.message();
        out.past += message.nonce < next ? 1 : 0;
        out.below_now += message.gas_fee_cap < now ? 1 : 0;
        out.below_past += message.gas_fee_cap < past ? 1 : 0;
        out.gas += BigInt(message.gas_limit);
    }
    Nonce expected = next;
    for (const auto& one : messages) {
        if (one.message().nonce < next) continue;
        const bool is_next = one.message().nonce == expected;
        if (is_next) ++expected;
        (is_next ? out.current : out.future) += 1;
    }
    return out;
}

Result<Answer> stat(const PoolOptions& options, api::Client& node, char prefix) {
    STRATA_TRY(const auto now, base_fee_of_head(node));
    STRATA_TRY(const auto past, lowest_base_fee(node, options.lookback));
    STRATA_TRY(const auto messages, chosen(options, node));
    std::map<Address, std::vector<PoolMessage>> senders;
    for (const auto& one : messages) senders[one.message().from].push_back(one);
    Answer out{{{"Senders", Json::object()}}, {}};
    Stat total;
    for (const auto& [from, sent] : senders) {
        const auto name = from.to_string(prefix);
        api::Refusal refusal;
        const auto actor = node.ask("StateGetActor", Json::array({name, Json()}), &refusal);
        if (!actor && refusal.code == 0) return actor.error();
        Nonce next = 0;
        if (actor) STRATA_OK(api::read_member(*actor, "Nonce", next));
        STRATA_TRY(const auto one, stat_of(sent, next, now, past));
        total += one;
        out.json["Senders"][name] = one.json();
        out.text += stat_line(name, one, options.lookback);
    }
    out.json["Total"] = total.json();
    out.json["BaseFee"] = now.to_string();
    out.json["LowestBaseFee"] = past.to_string();
    out.text += "-----\n" + stat_line("total", total, options.lookback);
    return out;
}

/// Returns what a miner earns from a message at the base fee, in all and by the gas that it takes. Source: lotus
/// chain/messagepool/selection.go (getGasReward); the verb of Lotus takes the larger of the two premiums instead.
Result<Answer> gas_perf(const PoolOptions& options, api::Client& node, char prefix) {
    auto which = options;
    which.local = !options.all;
    STRATA_TRY(const auto messages, chosen(which, node));
    STRATA_TRY(const auto base_fee, base_fee_of_head(node));
    Answer out{Json::array(), {}};
    for (const auto& one : messages) {
        const auto& message = one.message();
        const TokenAmount premium = min(message.gas_fee_cap - base_fee, message.gas_premium);
        const TokenAmount reward = premium * BigInt(message.gas_limit);
        // The parts are far below 2^63, where a double is exact enough for a ranking.
        const double limit = message.gas_limit > 0 ? static_cast<double>(message.gas_limit) : 1;
        const double performance = std::stod(reward.to_string()) * static_cast<double>(chain::kBlockGasLimit) / limit;
        out.json.push_back({{"CID", {{"/", one.cid.to_string()}}},
                            {"From", message.from.to_string(prefix)},
                            {"Nonce", message.nonce},
                            {"GasReward", reward.to_string()},
                            {"GasPerf", performance}});
        out.text += fmt::format("{}\t{}\t{}\t{:f}\n", message.from.to_string(prefix), message.nonce, reward.to_string(),
                                performance);
    }
    return out;
}

/// Prints each change of the pool when it is seen, until Ctrl-C or until --count were seen.
Result<Answer> follow(const PoolOptions& options, api::Client& node, char prefix) {
    const auto watch = terminal_watch("strata mpool sub");
    std::map<Cid, std::string> known;
    bool is_first = true;
    for (std::uint64_t seen = 0;;) {
        STRATA_TRY(const auto messages, chosen(options, node));
        std::map<Cid, std::string> now;
        std::vector<std::pair<bool, std::pair<Cid, std::string>>> changes;
        for (const auto& one : messages) {
            const auto line = options.json ? one.json.dump() : line_of(one, prefix);
            now.emplace(one.cid, line);
            if (!is_first && !known.contains(one.cid)) changes.push_back({true, {one.cid, line}});
        }
        for (const auto& one : known)
            if (!now.contains(one.first)) changes.push_back({false, one});
        for (const auto& [is_added, change] : changes) {
            clear_progress();
            if (options.json)
                fmt::print("{}\n", Json{{"Type", is_added ? "add" : "remove"},
                                        {"CID", {{"/", change.first.to_string()}}},
                                        {"Message", Json::parse(change.second)}}
                                       .dump());
            else
                fmt::print("{} {}", is_added ? "+" : "-", change.second);
            std::fflush(stdout);
            if (options.count != 0 && ++seen >= options.count) return Answer{Json(Json::value_t::discarded), {}};
        }
        known = std::move(now);
        is_first = false;
        STRATA_OK(watch.at(fmt::format("{} messages in the pool", known.size()), 0));
        std::this_thread::sleep_for(std::chrono::duration<double>(options.interval));
    }
}

void add_choice(CLI::App& verb, PoolOptions& options) {
    verb.add_flag("--local", options.local, "only messages of this node's keys");
    verb.add_option("--to", options.to, "only messages to this address");
    verb.add_option("--from", options.from, "only messages of this sender");
}

void add_list(CLI::App& pool, Run& run, const char* name) {
    auto [verb, options] = add_verb<PoolOptions>(pool, run, name, "list the messages that wait for a block",
                                                 fmt::format("strata mpool {} --local", name), pending);
    verb->add_flag("--cids", options->cids, "print CIDs only");
    add_choice(*verb, *options);
}

}  // namespace

void add_mpool(CLI::App& app, Run& run) {
    auto* pool = app.add_subcommand("mpool", "the pool of messages that wait for a block");
    pool->require_subcommand(1);
    add_list(*pool, run, "list");
    add_list(*pool, run, "pending");
    {
        auto [verb, options] = add_verb<PoolOptions>(
            *pool, run, "stat", "count the messages of each sender by what they wait for", "strata mpool stat", stat);
        verb->add_flag("--local", options->local, "only messages of this node's keys");
        verb->add_option("--basefee-lookback", options->lookback, "tipsets to look back for the lowest base fee")
            ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{2000}))
            ->capture_default_str();
    }
    {
        auto [verb, options] = add_verb<PoolOptions>(*pool, run, "find", "find messages by sender, receiver and method",
                                                     "strata mpool find --to t01000 --method 5", pending);
        verb->add_option("--method", options->method, "only messages with this method's number");
        verb->add_flag("--cids", options->cids, "print CIDs only");
        add_choice(*verb, *options);
    }
    {
        auto [verb, options] =
            add_verb<PoolOptions>(*pool, run, "gas-perf", "tell what a miner earns from each message, by its gas",
                                  "strata mpool gas-perf --all", gas_perf);
        verb->add_flag("--all", options->all, "also messages of others");
    }
    {
        auto [verb, options] =
            add_verb<PoolOptions>(*pool, run, "sub", "print each message that enters or leaves the pool, until Ctrl-C",
                                  "strata mpool sub", follow);
        add_choice(*verb, *options);
        verb->add_option("--count", options->count, "end after this number of changes (default: never)");
        verb->add_option("--interval", options->interval, "seconds between two looks at the pool")
            ->check(CLI::Range(0.1, 60.0))
            ->capture_default_str();
    }
    auto [verb, options] = add_verb<ChangeOptions>(
        *pool, run, "replace", "send a message of the pool again with a premium that the pool takes as a replacement",
        "strata mpool replace t1… 7", replace_message);
    add_change_options(*verb, *options);
    verb->add_flag("--auto", options->is_auto, "choose the fees; they are always chosen unless they are given");
}

}  // namespace strata::cli
