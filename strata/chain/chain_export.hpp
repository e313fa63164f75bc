#pragma once
// Writes a chain as a CAR of version 1 whose roots are the blocks of its head, as Lotus' `chain export` has it. It is
// complete but small: the state is that of genesis alone, because execution leads to all later ones.
#include <strata/base/byte_source.hpp>
#include <strata/base/watch.hpp>
#include <strata/chain/tipset.hpp>

namespace strata::chain {

class ChainStore;

struct ChainExport {
    std::size_t tipsets = 0;
    std::size_t blocks = 0;  // of the CAR
    std::uint64_t bytes = 0;
};

/// Writes headers, messages and receipts from genesis to `head`, and the state of genesis. The result of the head
/// itself is not part of the chain. Memory: 16 bytes for each block of the CAR. Errors: missing_block, cancelled, those
/// of `write`.
Result<ChainExport> export_chain(ChainStore& chain, const TipsetPtr& head, const ByteSink& write,
                                 const Watch& watch = {});

}  // namespace strata::chain
