// strata sp info, sectors, deadlines, money and faults: a storage provider as the chain knows it; the other verbs of sp
// have files of their own. Source: lotus api/api_full.go (StateMiner*).
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include <nlohmann/json.hpp>

#include <strata/actors/miner/deadline_info.hpp>
#include <strata/cli/miner_choice.hpp>
#include <strata/cli/storage_verbs.hpp>
#include <strata/cli/terminal.hpp>
#include <strata/ipld/bitfield.hpp>

namespace strata::cli {
namespace {

using api::Json;

std::string power_text(const Json& power, const char* whose) {
    const Json claim = power.is_object() ? power.value(whose, Json()) : Json();
    return fmt::format("{} bytes raw, {} quality-adjusted", member_text(claim, "RawBytePower"),
                       member_text(claim, "QualityAdjPower"));
}

/// Returns where the provider takes deals and serves data: what its multiaddrs say, and in a local network its node.
Result<std::vector<std::string>> urls_of(const MinerOptions& options, const Json& info, api::Client& api, char prefix,
                                         const std::string& miner) {
    std::vector<std::string> out;
    std::vector<Bytes> announced;
    STRATA_OK(api::read(info.is_object() ? info.value("Multiaddrs", Json()) : Json(), announced));
    for (const auto& one : announced)
        if (auto url = client::http_url(one)) out.push_back(std::move(*url));
    auto search = provider_search(options);
    search.named = true;  // the chain's addresses are here already
    client::NodeCalls node(api, prefix);
    STRATA_TRY(const auto address, parse_address(miner));
    STRATA_TRY(const auto found, client::find_providers(node, search, address, terminal_watch("strata sp info")));
    for (const auto& provider : found.providers)
        if (std::ranges::find(out, provider.url) == out.end()) out.push_back(provider.url);
    return out;
}

Result<Answer> sp_info(const MinerOptions& options, api::Client& node, char prefix) {
    STRATA_TRY(const auto miner, miner_of(options, node, prefix));
    const auto key = Json::array({miner, Json()});
    STRATA_TRY(const auto info, node.ask("StateMinerInfo", key));
    STRATA_TRY(const auto power, node.ask("StateMinerPower", key));
    STRATA_TRY(const auto count, node.ask("StateMinerSectorCount", key));
    STRATA_TRY(const auto free, node.ask("StateMinerAvailableBalance", key));
    STRATA_TRY(const auto urls, urls_of(options, info, node, prefix, miner));
    std::string urls_text;
    for (const auto& url : urls) urls_text += fact("deals and data at", url);
    if (urls.empty()) urls_text = fact("deals and data at", "no address; strata sp announce writes one onto the chain");
    return Answer{
        {{"Miner", miner},
         {"Info", info},
         {"Power", power},
         {"Sectors", count},
         {"AvailableBalance", free},
         {"URLs", urls}},
        fact("miner", miner) + fact("owner", member_text(info, "Owner")) + fact("worker", member_text(info, "Worker")) +
            fact("sector size", member_text(info, "SectorSize") + " bytes") +
            fact("power", power_text(power, "MinerPower")) + fact("network's power", power_text(power, "TotalPower")) +
            fact("sectors", fmt::format("{} live, {} active, {} faulty", member_text(count, "Live"),
                                        member_text(count, "Active"), member_text(count, "Faulty"))) +
            fact("available balance", fil_of(free)) + urls_text};
}

/// The sectors of a miner by what its partitions say of them.
struct SectorSets {
    BitField live, active, faulty, recovering;

    std::string_view state_of(std::uint64_t sector) const {
        if (!live.contains(sector)) return "terminated";
        if (recovering.contains(sector)) return "recovering";
        if (faulty.contains(sector)) return "faulty";
        return active.contains(sector) ? "active" : "unproven";
    }
};

Status add_sectors(const Json& partition, std::string_view name, BitField& to) {
    BitField sectors;
    STRATA_OK(api::read(member(partition, name), sectors));
    to |= sectors;
    return {};
}

Result<SectorSets> sets_of(const std::string& miner, api::Client& node) {
    SectorSets out;
    for (std::uint64_t deadline = 0; deadline < actors::miner::kWPoStPeriodDeadlines; ++deadline) {
        STRATA_TRY(const auto partitions, node.ask("StateMinerPartitions", Json::array({miner, deadline, Json()})));
        for (const auto& partition : partitions) {
            STRATA_OK(add_sectors(partition, "LiveSectors", out.live));
            STRATA_OK(add_sectors(partition, "ActiveSectors", out.active));
            STRATA_OK(add_sectors(partition, "FaultySectors", out.faulty));
            STRATA_OK(add_sectors(partition, "RecoveringSectors", out.recovering));
        }
    }
    return out;
}

/// A miner's table keeps terminated sectors until their partition is compacted, so each is shown with its state.
Result<Answer> sp_sectors(const MinerOptions& options, api::Client& node, char prefix) {
    STRATA_TRY(const auto miner, miner_of(options, node, prefix));
    STRATA_TRY(const auto all, node.ask("StateMinerSectors", Json::array({miner, Json(), Json()})));
    STRATA_TRY(const auto sets, sets_of(miner, node));
    Answer out{{{"Miner", miner}, {"Sectors", all.is_null() ? Json::array() : all}},
               fmt::format("{:>8}  {:<10}  {:>10}  {:>10}  pledge\n", "sector", "state", "activated", "expires")};
    for (auto& sector : out.json["Sectors"]) {
        const auto number = member(sector, "SectorNumber");
        sector["State"] = sets.state_of(number.is_number_unsigned() ? number.get<std::uint64_t>() : UINT64_MAX);
        out.text += fmt::format("{:>8}  {:<10}  {:>10}  {:>10}  {}\n", member_text(sector, "SectorNumber"),
                                member_text(sector, "State"), member_text(sector, "Activation"),
                                member_text(sector, "Expiration"), fil_of(sector.value("InitialPledge", Json())));
    }
    return out;
}

Result<Answer> sp_deadlines(const MinerOptions& options, api::Client& node, char prefix) {
    STRATA_TRY(const auto miner, miner_of(options, node, prefix));
    STRATA_TRY(const auto now, node.ask("StateMinerProvingDeadline", Json::array({miner, Json()})));
    STRATA_TRY(const auto all, node.ask("StateMinerDeadlines", Json::array({miner, Json()})));
    Answer out{{{"Miner", miner}, {"Current", now}, {"Deadlines", Json::array()}},
               fact("current", fmt::format("deadline {}, open from epoch {} to {}", member_text(now, "Index"),
                                           member_text(now, "Open"), member_text(now, "Close")))};
    for (std::uint64_t i = 0; i < all.size(); ++i) {
        STRATA_TRY(const auto partitions, node.ask("StateMinerPartitions", Json::array({miner, i, Json()})));
        const auto count = partitions.is_array() ? partitions.size() : 0;
        out.json["Deadlines"].push_back({{"Index", i}, {"Deadline", all[i]}, {"Partitions", partitions}});
        if (count != 0) out.text += fact(fmt::format("deadline {}", i), fmt::format("{} partition(s)", count));
    }
    return out;
}

/// The miner's money. Source: builtin-actors actors/miner/src/state.rs (State).
Result<Answer> sp_money(const MinerOptions& options, api::Client& node, char prefix) {
    STRATA_TRY(const auto miner, miner_of(options, node, prefix));
    STRATA_TRY(const auto actor, node.ask("StateReadState", Json::array({miner, Json()})));
    STRATA_TRY(const auto free, node.ask("StateMinerAvailableBalance", Json::array({miner, Json()})));
    STRATA_TRY(const auto escrow, node.ask("StateMarketBalance", Json::array({miner, Json()})));
    const Json state = member(actor, "State");
    const auto line = [&](const char* name, const char* field) { return fact(name, fil_of(member(state, field))); };
    return Answer{{{"Miner", miner},
                   {"Balance", member(actor, "Balance")},
                   {"Available", free},
                   {"Vesting", member(state, "LockedFunds")},
                   {"InitialPledge", member(state, "InitialPledge")},
                   {"PreCommitDeposits", member(state, "PreCommitDeposits")},
                   {"FeeDebt", member(state, "FeeDebt")},
                   {"MarketEscrow", member(escrow, "Escrow")},
                   {"MarketLocked", member(escrow, "Locked")}},
                  fact("balance", fil_of(member(actor, "Balance"))) + fact("to withdraw", fil_of(free)) +
                      line("vesting", "LockedFunds") + line("pledge", "InitialPledge") +
                      line("deposits", "PreCommitDeposits") + line("debt of fees", "FeeDebt") +
                      fact("in the market",
                           fil_of(member(escrow, "Escrow")) + ", locked in deals " + fil_of(member(escrow, "Locked")))};
}

Result<Answer> sp_faults(const MinerOptions& options, api::Client& node, char prefix) {
    constexpr std::uint64_t kMostShown = 10'000;
    STRATA_TRY(const auto miner, miner_of(options, node, prefix));
    Answer out{{{"Miner", miner}}, {}};
    for (const auto& [name, method] :
         {std::pair("Faults", "StateMinerFaults"), {"Recoveries", "StateMinerRecoveries"}}) {
        STRATA_TRY(const auto field, node.ask(method, Json::array({miner, Json()})));
        BitField sectors;
        STRATA_OK(api::read(field, sectors));
        STRATA_TRY(const auto numbers, sectors.positions(kMostShown));
        out.json[name] = numbers;
        std::string list;
        for (const auto number : numbers) list += (list.empty() ? "" : " ") + std::to_string(number);
        out.text += fact(std::string_view(name) == "Faults" ? "faulty" : "recovering", list.empty() ? "none" : list);
    }
    return out;
}

}  // namespace

void add_sp(CLI::App& app, Run& run) {
    auto* sp = app.add_subcommand("sp", "a storage provider: what the chain knows of it, and what its owner does");
    sp->require_subcommand(1);
    const auto add = [&](const char* name, const char* what, auto verb) {
        auto [added, options] =
            add_verb<MinerOptions>(*sp, run, name, what, fmt::format("strata sp {} --miner t01000", name), verb);
        add_miner_option(*added, *options);
    };
    add("info", "owner, power, sectors and balance", sp_info);
    add("sectors", "list the sectors", sp_sectors);
    add("deadlines", "list the deadlines in which sectors are proven", sp_deadlines);
    add("money", "show what the miner may withdraw, what vests, and what is pledged", sp_money);
    add("faults", "list the sectors that are faulty, and those that recover", sp_faults);
    add_sp_announce(*sp, run);
    add_sp_owner(*sp, run);
    add_sp_messages(*sp, run);
}

}  // namespace strata::cli
