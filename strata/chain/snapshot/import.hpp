#pragma once
// Brings a snapshot into a node's store. Everything is durable before the head is written, in one batch at the end, so
// a store shows the whole chain or none. Sources: docs/protocol/node.md §23; lotus chain/store/snapshot.go (Import).
#include <strata/base/watch.hpp>
#include <strata/chain/snapshot/stream.hpp>
#include <strata/chain/tipset.hpp>
#include <strata/store/key_value.hpp>

namespace strata::chain {

class ChainStore;
struct Network;

/// The chain that a snapshot must hold. An empty field is not compared.
struct ExpectedChain {
    const Network* network = nullptr;  // its name and the time of its genesis
    std::optional<Cid> genesis{};
};

struct ImportOptions {
    ExpectedChain expected{};
    /// The file that receives the F3 data; it appears only if there are any.
    std::filesystem::path f3{};
    /// Takes the blocks of the file; the chain's store must find them. Null: that store itself.
    Blockstore* into = nullptr;
    /// The progress is recorded after this many bytes of blocks.
    std::uint64_t record_every = std::uint64_t{256} << 20;
    Watch watch{};
};

struct ImportedChain {
    TipsetPtr head;
    TipsetPtr genesis;
    std::string network;           // the name in the state of the head
    std::uint64_t blocks = 0;      // that this call brought in
    std::uint64_t bytes = 0;       // of these blocks
    std::uint64_t resumed_at = 0;  // place in the unpacked file at which this call began; 0: at its beginning
    std::optional<Cid> f3;
};

/// Errors: busy if the store holds a chain already; those of ChainStore::open but not_found.
Status check_no_chain(ChainStore& chain);

/// Imports a snapshot into a store without a head. A call after one that ended early goes on where the progress was
/// recorded last, if the file is the same: a plain file is read from there; a packed one is unpacked up to there, which
/// neither hashes nor writes. Memory: two batches of 8 MiB. Errors: those of SnapshotStream; verification if the chain
/// is not the expected one, or if the network's name is not that of its state; missing_block with the epoch if headers
/// down to genesis, or the state of the head, are not in the file; busy if the store has a head already; cancelled;
/// no_space, io.
Result<ImportedChain> import_snapshot(const std::filesystem::path& file, ChainStore& chain,
                                      const ImportOptions& options);

/// Makes the chain of a snapshot that lies under the store (ipld/layered_blockstore.hpp) the store's own, within
/// seconds: nothing is copied, and the index of the main chain is made for the newest tipsets only;
/// ChainStore::index_down continues it. `also` is written with the head. Errors: as import_snapshot; invalid_argument
/// without an expected genesis, since no headers are walked.
Result<ImportedChain> adopt_snapshot(const std::vector<Cid>& head, ChainStore& chain, const ExpectedChain& expected,
                                     std::vector<store::Write> also);

/// Returns true if an import into this store began and did not end.
Result<bool> is_import_unfinished(ChainStore& chain);

/// Reads the network's name from the state below a tipset. Errors: missing_block, malformed.
Result<std::string> network_name_at(Blockstore& blocks, const Tipset& tipset);
/// Compares a chain with the expected one. Errors: verification.
Status check_expected(const Tipset& genesis, const std::string& network, const ExpectedChain& expected);

}  // namespace strata::chain
