#pragma once
// Writes a `.forest.car.zst` (ipld/indexed_car.hpp) from front to back, block by block as Forest does: each block is
// flushed, and a frame ends once its packed form has more than 8 KiB. Source: forest src/db/car/forest.rs, Encoder.
#include <strata/base/files.hpp>
#include <strata/ipld/car.hpp>
#include <strata/ipld/car_index.hpp>

namespace strata {

/// Gathers the entries of an index, on disk once there are many. Memory: 16 MiB, and pages of a file that the system
/// may take back. Errors: no_space, io.
class CarIndexBuilder {
  public:
    /// The entries go to "`beside`.index.unfinished", which disappears with this object.
    explicit CarIndexBuilder(std::filesystem::path beside) : beside_(std::move(beside)) {}
    Status add(const CarIndexEntry& entry);
    /// Writes the index. Call this once, at the end.
    Status write(const ByteSink& write);

  private:
    static constexpr std::size_t kInMemory = 1 << 20;
    Status spill();

    std::filesystem::path beside_;
    std::vector<CarIndexEntry> entries_;
    std::optional<UnfinishedFile> file_;
};

class IndexedCarWriter {
  public:
    struct Options {
        std::filesystem::path beside;  // the path of the file that is written, for the index's temporary file
        int level = 3;                 // of zstd
    };
    /// Writes the header.
    static Result<std::unique_ptr<IndexedCarWriter>> begin(ByteSink write, const std::vector<Cid>& roots,
                                                           Options options);
    IndexedCarWriter(const IndexedCarWriter&) = delete;
    IndexedCarWriter& operator=(const IndexedCarWriter&) = delete;
    ~IndexedCarWriter();

    Status put(const Cid& cid, BytesView data);
    /// Writes one block into a frame of its own: the first blocks of a snapshot of version 2. `data` must have `size`
    /// bytes.
    Status put_alone(const Cid& cid, std::uint64_t size, const ByteSource& data);
    /// Writes the index and the end of the file.
    Status finish();

  private:
    struct Packer;
    IndexedCarWriter(ByteSink write, Options options);
    Status end_frame();

    ByteSink write_;
    CarIndexBuilder index_;
    std::unique_ptr<Packer> packer_;
    std::uint64_t offset_ = 0;  // of the present frame
    bool is_empty_ = true;      // the present frame has no block
};

}  // namespace strata
