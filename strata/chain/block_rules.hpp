#pragma once
// The complete list of rules for a block header whose parents are valid. Source: node.md §5 to §8
// (lotus chain/consensus/filcns/filecoin.go).
#include <strata/chain/state_manager.hpp>

namespace strata::chain {

/// Proof systems live below; the caller gives the verifier (WindowPoStVerifyInfo has the shape of both PoSts).
class WinningPoStVerifier {
  public:
    virtual ~WinningPoStVerifier() = default;
    /// True for a good proof. Errors: this node cannot tell (missing key); they are fatal.
    virtual Result<bool> verify_winning_post(const WindowPoStVerifyInfo& info) = 0;
};

class BlockRules {
  public:
    /// Both must outlive the object. Without a verifier winning proofs are not looked at (stub networks: their text
    /// is).
    BlockRules(ChainStore& chain, const Network& network, WinningPoStVerifier* winning_post)
        : chain_(chain), network_(network), winning_post_(winning_post) {}

    /// `result`: what executing the parents gave. Its state must be in the store, and those of the lookback.
    /// Errors: verification with the broken rule; missing_block.
    Status check(const BlockHeader& block, const TipsetState& result);

    /// Does a miner take part in the election on top of `base`? (node.md §7)
    Result<bool> is_eligible(const TipsetPtr& base, const TipsetPtr& lookback, const Address& miner);

  private:
    struct Context;
    Status check_shape(const BlockHeader& block);
    Status check_parents(const Context& context);
    Status check_election(const Context& context);
    Status check_winning_post(const Context& context);

    ChainStore& chain_;
    const Network& network_;
    WinningPoStVerifier* winning_post_;
};

}  // namespace strata::chain
