#pragma once
// Stores a file with a provider: cuts it into pieces, fills the escrow, proposes a deal for each piece, sends the data,
// and follows the deals until the chain says that a sector with the data is proven. Every step is in the client's
// record before it is made (put_record.hpp), so the same call again goes on where an earlier one stopped. One thread at
// a time. Source: docs/formats/market_http.md; builtin-actors actors/market.
#include <strata/client/escrow_fund.hpp>
#include <strata/client/providers.hpp>
#include <strata/client/put_record.hpp>

namespace strata::client {

/// The shortest deal, and a day for sealing.
inline constexpr ChainEpoch kDefaultDuration = 181 * kEpochsInDay;
/// So many deals of a file are told one by one; more of them are told together.
inline constexpr std::size_t kFewDeals = 4;

struct PutOptions {
    std::filesystem::path file{};
    std::optional<Address> miner{};   // empty: that of an unfinished record of this file, else the cheapest
    std::optional<Address> wallet{};  // empty: the node's default one
    std::optional<TokenAmount> price_per_gib_epoch{};  // empty: what the provider asks
    std::optional<ChainEpoch> duration{};  // empty: that of an unfinished record of this file, else kDefaultDuration
    bool wait = false;                     // true: until the data is proven; false: until the provider has it
    Patience patience{};
};

/// Says to a person what was done; each is said once.
using Fact = std::function<void(std::string_view name, std::string_view value)>;

/// Where the client's node and files are.
struct PutPlace {
    NodeCalls& node;
    const PutFolder& folder;
    ProviderSearch search;
    Fact fact;  // may be empty
    Watch watch;
};

/// Stores a file, or goes on with it. Errors: invalid_argument for a file or terms that cannot be, with what can;
/// not_found if no provider can be reached; verification if the provider or the chain refuses, with the reason;
/// too_large; busy if a different process works on the same file; cancelled; io.
Result<PutRecord> put_file(const PutPlace& place, const PutOptions& options);
/// A file that was put, and why it could not go on.
struct Resumed {
    PutRecord record;
    std::optional<Error> error;
};
/// Goes on with every record that is neither stored nor failed, by the terms in the record, and also after one that
/// could not go on. `options` may name a wallet, what to wait for, and for how long. Errors: invalid_argument for a
/// file, a miner, a price or a duration, which the records have; cancelled, at once.
Result<std::vector<Resumed>> resume_puts(const PutPlace& place, const PutOptions& options);

/// Checks that the folder's records are of the node's network. Errors: invalid_argument; those of PutFolder::all().
Status check_network(NodeCalls& node, const PutFolder& folder);
/// Asks provider and chain how the deals of a record are, and sends nothing. The provider may be silent, busy or not to
/// be understood; the chain's word counts. `record` is as the folder has it, and its provider is now at `url`, unless
/// that is empty. What changed is written, unless a different process works on the record: then that one writes what it
/// sees. Errors: those of the node and of the folder.
Status refresh(NodeCalls& node, const PutFolder& folder, PutRecord& record, const std::string& url = {});
/// Returns what a person can do about a record that is not stored; empty if nothing.
std::string next_step(const PutRecord& record);

}  // namespace strata::client
