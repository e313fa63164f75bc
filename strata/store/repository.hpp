#pragma once
// A node's repository on disk, two databases in one folder:
//   chain/    blocks, head, indexes, execution results: can be removed and fetched from the network again
//   records/  keys, sectors, deals, own messages, what was signed at which height: cannot be recreated
// Folders have the permissions 0700 and files 0600. Thread-safe.
#include <strata/base/folder_lock.hpp>
#include <strata/store/generations.hpp>
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

    /// The states; lasting() of it is the store for headers, messages and receipts.
    Blockstore& blocks() { return generations_->states(); }
    /// The same blocks as what a collection works on.
    Generations& generations() { return *generations_; }
    /// Puts a store that is only read, such as a snapshot in place, under all generations: the first collection copies
    /// what is needed from there. Call this once, before blocks() is handed out.
    void put_below(std::shared_ptr<Blockstore> below) { generations_->set_bottom(std::move(below)); }
    /// All records. Keys that begin with "chain/" are in the chain's database, all others in that of the records.
    /// Errors: internal for a batch, or a prefix to visit, that needs both.
    KeyValue& records();
    /// Visits all records but the chain's in ascending order, as they were at one moment, while others write.
    Status visit_records(const KeyValue::Visit& visit);
    /// Rewrites the files of all records but the chain's, so that removed and replaced values are in no file any more.
    Status forget_removed();
    /// Reads everything in both databases and checks every block against its CID. Errors: verification, io.
    Status verify();

  private:
    class Routed;
    Repository(FolderLock lock, std::unique_ptr<RocksStore> chain, std::unique_ptr<RocksStore> records,
               std::unique_ptr<Generations> generations);

    FolderLock lock_;
    std::unique_ptr<RocksStore> chain_;
    std::unique_ptr<RocksStore> records_;
    std::unique_ptr<Generations> generations_;  // of `chain_`
    std::unique_ptr<Routed> routed_;
};

}  // namespace strata::store
