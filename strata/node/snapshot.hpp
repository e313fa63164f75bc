#pragma once
// Snapshots of a node's chain as files: exported from a stopped node, imported into a new one, or used in place. The
// operator's view: docs/operating.md; the forms: docs/formats/snapshot.md.
#include <filesystem>

#include <strata/chain/snapshot/check.hpp>
#include <strata/chain/snapshot/export.hpp>
#include <strata/chain/snapshot/import.hpp>
#include <strata/ipld/blockstore.hpp>

namespace strata::store {
class Repository;
struct Write;
}  // namespace strata::store

namespace strata::node {

struct SnapshotFileExport {
    chain::SnapshotExport content;
    TipsetKey head;
    ChainEpoch height = 0;
    std::uint64_t file_bytes = 0;
    std::filesystem::path checksum;  // empty unless it was asked for
};

struct SnapshotFileOptions {
    chain::SnapshotFormat format = chain::SnapshotFormat::v2;
    ChainEpoch recent_states = 2000;
    /// The snapshot ends with the tipset of this epoch, or with the one below it; empty: with the head.
    std::optional<ChainEpoch> epoch{};
    std::filesystem::path f3{};  // a file of F3 data; empty for none
    bool checksum = false;       // writes FILE.sha256sum as `sha256sum` does
    std::uint64_t max_memory = std::uint64_t{6} << 30;
    Watch watch{};
};

/// Exports the chain of a stopped node to `file`, which appears complete or not at all. `folder` is as for
/// export_chain(). Errors: also those of chain::export_snapshot; out_of_range for an epoch that the chain does not
/// have.
Result<SnapshotFileExport> export_snapshot(const std::filesystem::path& folder, const std::filesystem::path& file,
                                           const SnapshotFileOptions& options);

struct SnapshotImportOptions {
    chain::ExpectedChain expected{};
    bool in_place = false;
    /// The import does not ask whether the disk has room for what the file probably unpacks to.
    bool any_space = false;
    std::uint64_t record_every = std::uint64_t{256} << 20;
    Watch watch{};
};

/// Imports a snapshot into the repository of the node in `folder` (FOLDER/repository), which must have no chain yet; F3
/// data go to FOLDER/f3.snapshot. With `in_place` nothing is copied: the file, which must have an index, stays where it
/// is and is opened with the repository from then on. Errors: those of chain::import_snapshot and adopt_snapshot;
/// no_space before anything is written.
Result<chain::ImportedChain> import_snapshot(const std::filesystem::path& file, const std::filesystem::path& folder,
                                             const SnapshotImportOptions& options);

/// Returns true if the file is a snapshot with an index, which can be used in place.
bool has_index(const std::filesystem::path& file);

/// Opens the snapshot that this repository uses in place, if it uses one, below its blocks. Errors: not_found with the
/// path; those of IndexedCar::open; verification if the file has a different size than before.
Status open_snapshot_below(store::Repository& repository);

/// Returns the path of that snapshot; empty if there is none.
Result<std::string> snapshot_below(store::Repository& repository);
/// Returns the record's removal: the snapshot is not opened any more. For a batch of the caller.
store::Write no_snapshot_below();

/// The blocks of a snapshot in any form. A file without an index gets one: it is copied to a temporary indexed file in
/// `scratch`, which disappears with this object.
class OpenedSnapshot {
  public:
    static Result<OpenedSnapshot> open(const std::filesystem::path& file, const std::filesystem::path& scratch,
                                       const Watch& watch);
    OpenedSnapshot(OpenedSnapshot&&) = default;
    OpenedSnapshot& operator=(OpenedSnapshot&&) = delete;
    ~OpenedSnapshot();
    Blockstore& blocks() { return *blocks_; }
    const std::vector<Cid>& head() const { return head_; }

  private:
    OpenedSnapshot() = default;
    std::unique_ptr<Blockstore> blocks_;
    std::vector<Cid> head_;
    std::filesystem::path temporary_;
};

/// The chain of a stopped node, which this object holds.
class OpenedChain {
  public:
    /// `folder` is as for export_chain(). Errors: as export_chain().
    static Result<OpenedChain> open(const std::filesystem::path& folder);
    OpenedChain(OpenedChain&&) noexcept;
    OpenedChain& operator=(OpenedChain&&) = delete;
    ~OpenedChain();
    Blockstore& blocks();
    const chain::TipsetPtr& head() const { return head_; }
    const chain::TipsetPtr& genesis() const { return genesis_; }

  private:
    OpenedChain();
    std::unique_ptr<store::Repository> repository_;
    chain::TipsetPtr head_;
    chain::TipsetPtr genesis_;
};

/// The facts that a file tells about itself.
struct SnapshotFacts {
    unsigned version = 0;
    bool indexed = false;
    bool packed = false;
    std::uint64_t file_bytes = 0;
    std::uint64_t blocks = 0;     // with metadata and F3 data
    bool blocks_counted = false;  // the whole file was read; otherwise the index tells the number
    std::vector<Cid> head{};
    std::optional<ChainEpoch> height{};
    std::optional<std::uint64_t> timestamp{};
    std::string network{};         // in the state of the head; empty if that is not in the file
    std::string public_network{};  // "mainnet" or "calibnet" if that genesis is in the file
    std::optional<Cid> f3{};
    std::uint64_t f3_bytes = 0;
    std::optional<chain::F3Range> f3_range{};
};

/// Reads what a snapshot has to say: at once from an indexed file, otherwise from its beginning to its end. All blocks
/// that are read are checked against their CIDs. Errors: those of SnapshotStream and IndexedCar; cancelled.
Result<SnapshotFacts> snapshot_facts(const std::filesystem::path& file, const Watch& watch);

/// Reads every block of a snapshot and checks it against its CID; returns their number. Errors: those of
/// SnapshotStream.
Result<std::uint64_t> check_blocks(const std::filesystem::path& file, const Watch& watch);

/// Returns the genesis of "mainnet" or "calibnet"; empty for any other name. Source: docs/protocol/node.md §22.
std::optional<Cid> genesis_of_public_network(std::string_view name);

}  // namespace strata::node
