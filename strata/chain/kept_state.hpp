#pragma once
// The answer to questions about a state that this node does not have (chain/collector.hpp). Below the API and
// LocalChain a missing state is missing_block, as any lost block; who asks gets this error instead.
#include <strata/chain/tipset.hpp>
#include <strata/ipld/blockstore.hpp>

namespace strata::chain {

/// Returns the error about the state that the tipsets of an epoch name. It has the code unsupported: where not_found
/// says that there is nothing, such as no message, this node cannot tell.
inline Error state_not_kept(ChainEpoch epoch) {
    return fail(Errc::unsupported, "the state at epoch " + std::to_string(epoch) +
                                       " is not kept by this node, which has those of its newest tipsets (option "
                                       "--keep-epochs of the node); ask a node that keeps all states");
}

/// Returns an error as it is, unless the reason is that `blocks` lacks the state that the tipset names.
inline Error explain_not_kept(Error error, Blockstore& blocks, const Tipset& tipset) {
    if (error.code() != Errc::missing_block) return error;
    const auto here = blocks.has(tipset.parent_state_root());
    return here && !*here ? state_not_kept(tipset.height()) : error;
}
template <class T>
Result<T> explain_not_kept(Result<T> result, Blockstore& blocks, const Tipset& tipset) {
    if (result) return result;
    return explain_not_kept(std::move(result).error(), blocks, tipset);
}

}  // namespace strata::chain
