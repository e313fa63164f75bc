// strata sp withdraw, repay-debt, extend, terminate, declare-faults, declare-recovered and compact: messages of a
// miner's owner and worker. The node signs them, so its wallet needs the key. Source: builtin-actors
// actors/miner/src/lib.rs; lotus cmd/lotus-miner/{actor,sectors}.go.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <map>

#include <nlohmann/json.hpp>

#include <strata/actors/miner/methods.hpp>
#include <strata/cli/message_verb.hpp>
#include <strata/cli/storage_verbs.hpp>
#include <strata/ipld/bitfield.hpp>

namespace strata::cli {
namespace {

using api::Json;

struct MinerMessage : SendingOptions {
    MinerMessage() { name = "provider-1"; }
    std::string miner, amount;
    std::vector<std::uint64_t> sectors;
    std::int64_t expiration = 0;
    std::uint64_t deadline = 0;
    bool is_certain = false;
};

enum class Signer { owner, worker };

/// Sends a call of the miner with parameters in JSON.
Result<Answer> call(const MinerMessage& options, api::Client& node, char prefix, Signer signer, MethodNumber method,
                    const Json& params, std::string_view name) {
    Message message;
    STRATA_TRY(message.to, parse_address(options.miner));
    const auto miner = message.to.to_string(prefix);
    if (options.from.empty()) {
        STRATA_TRY(const auto info, node.ask("StateMinerInfo", Json::array({miner, Json()})));
        STRATA_TRY(message.from, parse_address(member_text(info, signer == Signer::owner ? "Owner" : "Worker")));
    } else {
        STRATA_TRY(message.from, parse_address(options.from));
    }
    message.method = method;
    if (!params.is_null()) {
        STRATA_TRY(message.params, encoded_params({params.dump(), {}}, node, miner, method));
    }
    STRATA_OK(set_gas(message, options));
    return send_message(options, node, prefix, std::move(message), name);
}

/// The sectors of one partition: that is how the miner's methods name sectors.
struct Group {
    std::uint64_t deadline = 0, partition = 0;
    auto operator<=>(const Group&) const = default;
};

Result<Group> group_of(const std::string& miner, SectorNumber sector, api::Client& node) {
    STRATA_TRY(const auto place, node.ask("StateSectorPartition", Json::array({miner, sector, Json()})));
    Group out;
    STRATA_OK(api::read_member(place, "Deadline", out.deadline));
    STRATA_OK(api::read_member(place, "Partition", out.partition));
    return out;
}

/// Returns the sectors as a list with a member for each partition: Deadline, Partition, Sectors.
Result<Json> groups_of(const MinerMessage& options, api::Client& node, char prefix) {
    std::map<Group, BitField> groups;
    STRATA_TRY(const auto miner, named_address(options.miner, prefix));
    for (const auto sector : options.sectors) {
        STRATA_TRY(const auto group, group_of(miner, sector, node));
        groups[group].set(sector);
    }
    Json out = Json::array();
    for (const auto& [group, sectors] : groups)
        out.push_back(
            {{"Deadline", group.deadline}, {"Partition", group.partition}, {"Sectors", api::Printer(prefix)(sectors)}});
    return out;
}

/// Returns the numbers of the sector's claims. Errors: verification if one ends before the epoch.
Result<Json> claims_kept_until(const Json& claims, SectorNumber sector, ChainEpoch expiration) {
    Json out = Json::array();
    for (const auto& [id, claim] : claims.items()) {
        SectorNumber holder = 0;
        STRATA_OK(api::read_member(claim, "Sector", holder));
        if (holder != sector) continue;
        ChainEpoch start = 0, term = 0;
        STRATA_OK(api::read_member(claim, "TermStart", start));
        STRATA_OK(api::read_member(claim, "TermMax", term));
        if (expiration > start + term)
            return fail(Errc::verification, fmt::format("claim {} of sector {} lasts until epoch {}, so the sector can "
                                                        "be extended to that epoch at most; --expiration is {}",
                                                        id, sector, start + term, expiration));
        auto number = Json::parse(id, nullptr, false);
        if (!number.is_number_unsigned())
            return fail(Errc::malformed, "StateGetClaims has a claim named " + id + ", expected a number");
        out.push_back(std::move(number));
    }
    return out;
}

Result<Answer> withdraw(const MinerMessage& options, api::Client& node, char prefix) {
    STRATA_TRY(const auto miner, named_address(options.miner, prefix));
    TokenAmount amount, available;
    STRATA_TRY(const auto free, node.ask("StateMinerAvailableBalance", Json::array({miner, Json()})));
    STRATA_OK(api::read(free, available));
    amount = available;
    if (!options.amount.empty()) {
        STRATA_TRY(amount, parse_amount("AMOUNT", options.amount));
    }
    if (amount.sign() <= 0 || amount > available)
        return fail(Errc::verification, fmt::format("the miner {} has {} to withdraw; strata sp money shows the rest",
                                                    miner, fil_of(free)));
    return call(options, node, prefix, Signer::owner, actors::miner::kMinerWithdrawBalance,
                {{"AmountRequested", amount.to_string()}}, "sp withdraw");
}

Result<Answer> repay(const MinerMessage& options, api::Client& node, char prefix) {
    return call(options, node, prefix, Signer::owner, actors::miner::kRepayDebt, Json(), "sp repay-debt");
}

Result<Answer> extend(const MinerMessage& options, api::Client& node, char prefix) {
    STRATA_TRY(const auto miner, named_address(options.miner, prefix));
    STRATA_TRY(const auto claims, node.ask("StateGetClaims", Json::array({miner, Json()})));
    struct Part {
        BitField without;  // claims
        Json with = Json::array();
    };
    std::map<Group, Part> parts;
    for (const auto sector : options.sectors) {
        STRATA_TRY(const auto group, group_of(miner, sector, node));
        STRATA_TRY(const auto kept, claims_kept_until(claims, sector, options.expiration));
        if (kept.empty())
            parts[group].without.set(sector);
        else
            parts[group].with.push_back(
                {{"SectorNumber", sector}, {"MaintainClaims", kept}, {"DropClaims", Json::array()}});
    }
    Json groups = Json::array();
    for (const auto& [group, part] : parts)
        groups.push_back({{"Deadline", group.deadline},
                          {"Partition", group.partition},
                          {"Sectors", api::Printer(prefix)(part.without)},
                          {"SectorsWithClaims", part.with},
                          {"NewExpiration", options.expiration}});
    return call(options, node, prefix, Signer::worker, actors::miner::kExtendSectorExpiration2,
                {{"Extensions", groups}}, "sp extend");
}

Result<Answer> terminate(const MinerMessage& options, api::Client& node, char prefix) {
    if (!options.is_certain)
        return fail(Errc::invalid_argument,
                    "this ends the sectors for good and costs a fee out of their pledge; give --really-do-it if that "
                    "is meant");
    STRATA_TRY(const auto groups, groups_of(options, node, prefix));
    return call(options, node, prefix, Signer::worker, actors::miner::kTerminateSectors, {{"Terminations", groups}},
                "sp terminate");
}

Result<Answer> declare_faults(const MinerMessage& options, api::Client& node, char prefix) {
    STRATA_TRY(const auto groups, groups_of(options, node, prefix));
    return call(options, node, prefix, Signer::worker, actors::miner::kDeclareFaults, {{"Faults", groups}},
                "sp declare-faults");
}

Result<Answer> declare_recovered(const MinerMessage& options, api::Client& node, char prefix) {
    STRATA_TRY(const auto groups, groups_of(options, node, prefix));
    return call(options, node, prefix, Signer::worker, actors::miner::kDeclareFaultsRecovered, {{"Recoveries", groups}},
                "sp declare-recovered");
}

Result<Answer> compact(const MinerMessage& options, api::Client& node, char prefix) {
    BitField partitions;
    for (const auto one : options.sectors) partitions.set(one);
    return call(options, node, prefix, Signer::worker, actors::miner::kCompactPartitions,
                {{"Deadline", options.deadline}, {"Partitions", api::Printer(prefix)(partitions)}}, "sp compact");
}

std::pair<CLI::App*, std::shared_ptr<MinerMessage>> add(CLI::App& sp, Run& run, const char* name, const char* what,
                                                        const char* example,
                                                        Result<Answer> (*verb)(const MinerMessage&, api::Client&,
                                                                               char)) {
    auto [added, options] = add_verb<MinerMessage>(
        sp, run, name, what, fmt::format("strata sp {}{} --miner t01000 --wait", name, example), verb);
    added->add_option("--miner", options->miner, "the miner; the node has the key of its owner or worker")->required();
    add_sending_options(*added, *options);
    return {added, options};
}

}  // namespace

void add_sp_messages(CLI::App& sp, Run& run) {
    {
        auto [verb, options] =
            add(sp, run, "withdraw", "send what the miner earned to its owner's beneficiary", " 1.5", withdraw);
        verb->add_option("AMOUNT", options->amount, "in FIL (default: all that is free)");
    }
    add(sp, run, "repay-debt", "pay the miner's debt of fees out of its balance", "", repay);
    const auto of_sectors = [&](const char* name, const char* what, const char* example, auto verb) {
        auto added = add(sp, run, name, what, example, verb);
        added.first->add_option("SECTOR", added.second->sectors, "number of a sector; may be repeated")->required();
        return added;
    };
    auto [extended, extension] =
        of_sectors("extend", "let sectors end later; their claims are kept", " 3 4 --expiration 2000000", extend);
    extended->add_option("--expiration", extension->expiration, "the epoch in which they end then")->required();
    auto [ended, end] = of_sectors("terminate", "end sectors for good, for a fee", " 3 --really-do-it", terminate);
    ended->add_flag("--really-do-it", end->is_certain, "without it the verb refuses");
    of_sectors("declare-faults", "tell the chain that sectors cannot be proven now", " 3", declare_faults);
    of_sectors("declare-recovered", "tell the chain that faulty sectors can be proven again", " 3", declare_recovered);
    auto [compacted, which] =
        add(sp, run, "compact", "remove dead sectors from partitions", " 0 --deadline 5", compact);
    compacted->add_option("PARTITION", which->sectors, "number of a partition; may be repeated")->required();
    compacted->add_option("--deadline", which->deadline, "the deadline that they are in")->required();
}

}  // namespace strata::cli
