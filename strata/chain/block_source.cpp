#include <strata/chain/block_source.hpp>

#include <strata/chain/chain_store.hpp>

namespace strata::chain {
namespace {

constexpr std::size_t kLongestAnswer = 900;                    // tipsets (lotus chain/exchange, MaxRequestLength)
constexpr std::size_t kLargestAnswer = std::size_t{32} << 20;  // bytes, ours
constexpr std::size_t kHeaderSize = 2'048;                     // a header with its proofs, roughly
constexpr std::size_t kMessageSize = 512;                      // a message without its parameters, roughly

Result<std::vector<FullBlock>> blocks_of(ChainStore& chain, const Tipset& tipset, ChainRequest::What what) {
    std::vector<FullBlock> out;
    for (const auto& header : tipset.blocks()) {
        BlockMessages messages;
        if (what == ChainRequest::What::blocks) {
            STRATA_TRY(messages, chain.messages(header));
        }
        out.push_back({header, std::move(messages)});
    }
    return out;
}

}  // namespace

std::size_t approximate_size(const FullBlock& block) {
    std::size_t size = kHeaderSize;
    for (const auto& message : block.messages.bls) size += kMessageSize + message.params.size();
    for (const auto& message : block.messages.secp) size += kMessageSize + message.message.params.size();
    return size;
}

// If this node lost a block that it should have, that is not the peer's concern: the peer only learns that the tipset
// is not available here.
ChainAnswer serve_chain(ChainStore& chain, const ChainRequest& request) {
    // The operating system's words about a failure may contain a path of this machine, so a peer does not see them.
    const auto missing = [&](const Error& error) {
        return fail(Errc::not_found,
                    "this node cannot send tipset " + request.top.to_string() + ": " +
                        (error.code() == Errc::io ? "it could not read its own files" : error.message()));
    };
    auto tipset = chain.find_tipset(request.top);
    if (!tipset) return missing(tipset.error());
    std::vector<std::vector<FullBlock>> out;
    std::size_t size = 0;
    const std::size_t length = std::min(request.length, kLongestAnswer);
    while (out.size() < length && size < kLargestAnswer) {
        auto blocks = blocks_of(chain, **tipset, request.what);
        if (!blocks && out.empty()) return missing(blocks.error());
        if (!blocks) break;
        for (const auto& block : *blocks) size += approximate_size(block);
        out.push_back(std::move(*blocks));
        if ((*tipset)->height() == 0) break;
        tipset = chain.find_tipset((*tipset)->parents());
        if (!tipset) break;
    }
    if (out.empty()) return fail(Errc::not_found, "the request asks for 0 tipsets, expected at least 1");
    return out;
}

}  // namespace strata::chain
