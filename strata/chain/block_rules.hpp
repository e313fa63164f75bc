#pragma once
// The complete list of rules for a block whose parents are valid, cheap ones first. Source: docs/protocol/node.md §5 to
// §8 (lotus chain/consensus/filcns/filecoin.go). Thread-safe: nothing here changes.
//
// The rules come in three parts, by what they need. check_link() needs only the headers of the block and its parents,
// so a chain of headers can be followed before anything is stored. check_header() needs the states that the headers of
// the parents name. check_body() needs the messages, and the state after the parents, which somebody must execute.
#include <strata/chain/lookback.hpp>
#include <strata/chain/state_manager.hpp>

namespace strata::chain {

/// Proof systems live below; the caller gives the verifier (WindowPoStVerifyInfo has the shape of both PoSts).
class WinningPoStVerifier {
  public:
    virtual ~WinningPoStVerifier() = default;
    /// True for a good proof. Errors: this node cannot tell (missing key); they are fatal.
    virtual Result<bool> verify_winning_post(const WindowPoStVerifyInfo& info) = 0;
};

/// More blocks than this in a tipset do not occur: five are expected (ours; the reference's decoder stops at 8,192).
inline constexpr std::size_t kMostParents = 100;

/// What a header must have whatever its parents are. Errors: verification.
Status check_header_alone(const BlockHeader& block);

/// What a header and its parents' headers must have in common: height, time, a weight that does not fall. `parent`
/// consists of the blocks that `block` names. Errors: verification.
Status check_link(const Network& network, const BlockHeader& block, const Tipset& parent);

/// The header names exactly these messages. Nothing else is looked at. Errors: verification.
Status check_messages_named(const BlockHeader& block, const BlockMessages& messages);

class BlockRules {
  public:
    /// Both must outlive the object. Without a verifier winning proofs are not looked at (stub networks: their text
    /// is). `state_after` gives the state after a tipset for the rare block above more than 900 null rounds; without it
    /// such a block is out_of_range.
    BlockRules(ChainStore& chain, const Network& network, WinningPoStVerifier* winning_post,
               StateAfter state_after = {})
        : chain_(chain), network_(network), winning_post_(winning_post), state_after_(std::move(state_after)) {}

    /// Everything that does not need the state after the parents: signature, election, ticket, winning proof. The
    /// parents are valid and here, with their messages; so are the states of the lookback. Errors: verification with
    /// the broken rule; missing_block and other failures of this node.
    Status check_header(const BlockHeader& block);

    /// The rest: roots and messages. `result`: what executing the parents gave; its state is in the store. Errors: as
    /// above.
    Status check_roots(const BlockHeader& block, const TipsetState& result);
    Status check_body(const BlockHeader& block, const BlockMessages& messages, const TipsetState& result);

    /// All of it; the block's messages are in the store.
    Status check(const BlockHeader& block, const TipsetState& result);

  private:
    struct Context;
    Status check_parents(const Context& context);
    Status check_election(const Context& context);
    Status check_winning_post(const Context& context);

    ChainStore& chain_;
    const Network& network_;
    WinningPoStVerifier* winning_post_;
    StateAfter state_after_;
};

}  // namespace strata::chain
