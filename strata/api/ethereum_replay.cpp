#include <strata/api/ethereum_replay.hpp>

#include <strata/api/ethereum_lookup.hpp>
#include <strata/chain/ethereum_transaction.hpp>
#include <strata/chain/network.hpp>

namespace strata::api {

Result<std::map<Cid, Hash256>> transaction_hashes(Context& context, const chain::Tipset& tipset) {
    const std::uint64_t chain_id = context.chain.network().chain_id;
    std::map<Cid, Hash256> out;
    STRATA_TRY(const auto messages, chain::messages_in_order(context.chain, tipset));
    for (const auto& message : messages) {
        STRATA_TRY(out[message.message.cid()], chain::ethereum_hash(message, chain_id));
    }
    return out;
}

Result<std::optional<TransactionAt>> find_transaction(Context& context, const Hash256& hash) {
    STRATA_TRY(const auto named, message_named(context, hash));
    if (named.waiting) return fail(Errc::not_found, "no trace for pending transactions");
    STRATA_TRY(const auto found, find_executed(context, named.cid, chain::Chain::kNoLimit));
    if (found) return std::optional(TransactionAt{found->tipset, found->message.message.cid()});
    STRATA_OK(check_absence(context, hash));
    return std::optional<TransactionAt>();
}

}  // namespace strata::api
