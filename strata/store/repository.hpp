#pragma once
// A node's repository on disk, two databases in one folder:
//   chain/    blocks, head, indexes, execution results: can be removed and fetched from the network again
//   records/  keys, sectors, deals, own messages, what was signed at which height: cannot be recreated
// Folders have the permissions 0700 and files 0600. Thread-safe.
#include <strata/base/folder_lock.hpp>
#include <strata/store/rocks_store.hpp>

namespace strata::store {

class Repository {
  public:
    /// Opens or creates the repository in `folder`, and holds it exclusively until destroyed. A repository of the
    /// earlier form, one database for both, is split here; if the process is killed meanwhile, nothing is lost and the
    /// next call continues. Errors: as RocksStore::open.
    static Result<std::unique_ptr<Repository>> open(const std::filesystem::path& folder);
    Repository(const Repository&) = delete;
    Repository& operator=(const Repository&) = delete;
    ~Repository();

    Blockstore& blocks() { return layered_ ? *layered_ : chain_->blocks(); }
    /// Puts a store that is only read under the blocks: blocks() finds what either has. Call this once, before blocks()
    /// is handed out.
    void put_below(std::unique_ptr<Blockstore> below);
    /// All records. Keys that begin with "chain/" are in the chain's database, all others in that of the records.
    /// Errors: internal for a batch, or a prefix to visit, that needs both.
    KeyValue& records();

  private:
    class Routed;
    Repository(FolderLock lock, std::unique_ptr<RocksStore> chain, std::unique_ptr<RocksStore> records);

    FolderLock lock_;
    std::unique_ptr<RocksStore> chain_;
    std::unique_ptr<RocksStore> records_;
    std::unique_ptr<Routed> routed_;
    std::unique_ptr<Blockstore> below_;
    std::unique_ptr<Blockstore> layered_;  // empty unless there is something below
};

}  // namespace strata::store
