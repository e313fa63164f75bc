#pragma once
// Where the syncer gets what it lacks: peers that are asked by name and answer later, or never. What they give is
// checked by the asker. Source: docs/protocol/node.md §17 (lotus chain/exchange).
#include <functional>

#include <strata/chain/block_messages.hpp>

namespace strata::chain {

class ChainStore;

/// A peer's identity as the network knows it.
using PeerName = std::string;

struct ChainRequest {
    enum class What { headers, blocks };  // blocks: with their messages
    TipsetKey top;                        // as its child writes it
    std::size_t length = 1;               // tipsets
    What what = What::headers;
};

/// Tipsets from the newest to the oldest, each the parent of the one before it: at least one, at most as many as were
/// asked for. Of headers the messages are empty. Errors: not_found (the peer does not have it), busy (ask again later);
/// whatever else goes wrong at a peer is one of these.
using ChainAnswer = Result<std::vector<std::vector<FullBlock>>>;

class BlockSource {
  public:
    virtual ~BlockSource() = default;
    /// Peers that can be asked now.
    virtual std::vector<PeerName> peers() = 0;
    /// Returns at once. `done` is called at most once, during the call or later, on any thread; it may outlive the
    /// asker.
    virtual void ask(const PeerName& peer, const ChainRequest& request, std::function<void(ChainAnswer)> done) = 0;
};

/// Knows nobody.
class NoPeers final : public BlockSource {
  public:
    std::vector<PeerName> peers() override { return {}; }
    void ask(const PeerName&, const ChainRequest&, std::function<void(ChainAnswer)> done) override {
        done(fail(Errc::not_found, "this node has no peers"));
    }
};

/// What a node gives to peers that ask. Reads the store only. Errors: those of ChainAnswer.
ChainAnswer serve_chain(ChainStore& chain, const ChainRequest& request);

/// Bytes that a block with its messages takes in memory, roughly, for limits.
std::size_t approximate_size(const FullBlock& block);

}  // namespace strata::chain
