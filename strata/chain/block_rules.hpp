#pragma once
// Checks a block whose parents are valid against the complete list of rules, cheap ones first. Source:
// docs/protocol/node.md §5 to §8 (lotus chain/consensus/filcns/filecoin.go). Thread-safe: the object does not change.
//
// The rules come in three parts, by what they need. check_link() needs only the headers of the block and its parents,
// so a chain of headers can be followed before anything is stored. check_header() needs the states that the headers of
// the parents name. check_body() needs the messages, and the state after the parents, which the caller gets by
// executing them.
#include <span>

#include <strata/chain/lookback.hpp>

namespace strata::chain {

class ChainStore;
struct Network;

/// Verifies winning proofs. The caller of BlockRules provides it (WindowPoStVerifyInfo has the shape of both PoSts).
class WinningPoStVerifier {
  public:
    virtual ~WinningPoStVerifier() = default;
    /// Returns true for a valid proof. Errors are fatal: this node cannot tell, because a key is missing.
    virtual Result<bool> verify_winning_post(const WindowPoStVerifyInfo& info) = 0;
};

/// The greatest number of parents that a block may name. Five are expected; the limit is ours (the reference's decoder
/// stops at 8,192).
inline constexpr std::size_t kMaxParents = 100;

/// Checks what can be checked in a header without its parents. Errors: verification.
Status check_header_alone(const BlockHeader& block);

/// Checks a header against the headers of its parents: height, time, and a weight that does not fall. `parent` consists
/// of the blocks that `block` names. Errors: verification.
Status check_link(const Network& network, const BlockHeader& block, const Tipset& parent);

/// Checks only that the header names exactly these messages. Errors: verification.
Status check_messages_named(const BlockHeader& block, const BlockMessages& messages);

class BlockRules {
  public:
    /// `chain` and `network` must outlive the object. If `winning_post` is null, winning proofs are not verified (on
    /// stub networks their text is compared instead). `state_after` returns the state after a tipset for the rare block
    /// that follows more than 900 null rounds; if it is empty, such a block is out_of_range.
    BlockRules(ChainStore& chain, const Network& network, WinningPoStVerifier* winning_post,
               StateAfter state_after = {})
        : chain_(chain), network_(network), winning_post_(winning_post), state_after_(std::move(state_after)) {}

    /// Checks everything that does not need the state after the parents: signature, election, ticket, winning proof.
    /// The parents must be valid and in the store, with their messages and the states of the lookback. Errors:
    /// verification with the broken rule; missing_block and other failures of this node.
    Status check_header(const BlockHeader& block);
    /// Does the same for several headers on all cores; the answers have the order of `blocks`. The dear checks of a
    /// header begin only when its cheap ones and its signature have passed.
    std::vector<Status> check_headers(std::span<const BlockHeader> blocks);

    /// Checks the rest: roots and messages. `result` is what executing the parents gave; its state is in the store.
    /// Errors: as above.
    static Status check_roots(const BlockHeader& block, const TipsetState& result);
    Status check_body(const BlockHeader& block, const BlockMessages& messages, const TipsetState& result);

    /// Checks all rules. The block's messages must be in the store.
    Status check(const BlockHeader& block, const TipsetState& result);

  private:
    struct Context;
    Result<Context> check_signed(const BlockHeader& block);
    Status check_parents(const Context& context);
    Status check_election(const Context& context);
    Status check_ticket(const Context& context);
    Status check_winning_post(const Context& context);

    ChainStore& chain_;
    const Network& network_;
    WinningPoStVerifier* winning_post_;
    StateAfter state_after_;
};

}  // namespace strata::chain
