#pragma once
// The streams of the reward actor with what they have earned, and how both change: since version 19.
// Source: FIP-0118 §2.4; crate fil_actor_reward_state 27.2.0 src/v19/streams/{mod,queue,distribution}.rs.
#include <strata/actors/reward/queued_call.hpp>

namespace strata::actors::reward {

/// The streams with their accruals. Both are as check_streams() wants them. After a failed change the ledger may be
/// changed in part, and is to be thrown away.
struct Ledger {
    StreamsState streams;
    std::vector<StreamAccrual> accrued;
};

/// The end of a period, in which the recipients of a stream earned by the same shares.
struct Fold {
    StreamId id = 0;
    std::string_view cause;  // the name of the method
    TokenAmount accrued;     // what the period earned
    TokenAmount dust;        // what rounding left over, which is to be burnt
};
struct SharesInstalled {
    StreamId id = 0;
    std::vector<RecipientShare> shares;
};
/// Lists what a message did to the ledger, for its events.
struct Changes {
    std::vector<PendingWrite> applied;
    std::vector<PendingWrite> dropped;
    std::vector<Fold> folds;
    std::vector<SharesInstalled> installed;
    TokenAmount dust() const;
};

/// Returns what the reward actor owes the recipients of explicit streams.
TokenAmount liability(const Ledger& ledger);

/// Applies the pending changes that are due at `epoch`, and drops those that are not possible any more.
Changes apply_due(Ledger& ledger, ChainEpoch epoch);

/// Puts a change into the queue, to be applied after the timelock; for the registration of a stream `effective_epoch`
/// must be set, and not be earlier. Nothing may be due. Returns the change as it is stored. Errors: malformed for a
/// change that would not be possible when it is due, that has the purpose of a pending one, or that would make a
/// pending one impossible.
Result<PendingWrite> admit(Ledger& ledger, PendingWrite write, ChainEpoch now, ChainEpoch timelock);
/// Errors: malformed for the change of weights that nobody may cancel, and if a stream is missing or too much.
Status check_cancellable(std::optional<StreamId> id, WriteOp op);
/// Removes a change from the queue; empty if there is none.
std::optional<PendingWrite> cancel(Ledger& ledger, std::optional<StreamId> id, WriteOp op);

/// Returns shares as they are stored: in order, without the burnt funds actor. Errors: malformed unless the shares are
/// positive, sum to 1 and name every other recipient once.
Result<std::vector<RecipientShare>> admitted_shares(std::vector<RecipientShare> shares);
/// Returns an explicit stream's distribution; null if there is no such stream or it is implicit.
const Distribution* find_distribution(const Ledger& ledger, StreamId id);
bool is_recipient(const Distribution& distribution, const Address& address);

/// Ends the period of an explicit stream and gives it new shares, which admitted_shares() made. Errors: malformed.
Result<Fold> install_shares(Ledger& ledger, StreamId id, std::vector<RecipientShare> shares, std::string_view cause);
/// Moves the share of a recipient to a different address, or to nobody if that is the burnt funds actor. What the old
/// one has earned stays its own. Errors: malformed.
Result<Fold> replace_address(Ledger& ledger, StreamId id, const Address& before, const Address& after);
/// Takes all that these wallets may claim from a stream, which may be removed already. The answer has an amount for
/// each wallet, which is 0 for an empty one. Errors: malformed for the implicit stream.
Result<std::vector<TokenAmount>> claim(Ledger& ledger, StreamId id, const std::vector<std::optional<Address>>& wallets);

}  // namespace strata::actors::reward
