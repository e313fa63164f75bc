#pragma once
// A folder with pieces and a server for them.
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include <strata/http/server.hpp>
#include <strata/retrieval/client_file.hpp>
#include <strata/retrieval/retrieval.hpp>
#include <strata/testing/temp_folder.hpp>

namespace strata::retrieval::testing {

namespace fs = std::filesystem;

/// Deleted at the end.
using Folder = strata::testing::TempFolder;

/// Bytes that do not repeat in chunks.
inline Bytes content(std::size_t size) {
    Bytes out(size);
    std::uint32_t x = 7;
    for (auto& byte : out) {
        x = x * 1664525 + 1013904223;
        byte = static_cast<std::uint8_t>(x >> 24);
    }
    return out;
}

inline void write_file(const fs::path& path, BytesView data) {
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(data.data()), static_cast<std::streamsize>(data.size()));
}

class Holder {
  public:
    explicit Holder(const fs::path& folder) : pieces(std::move(PieceStore::open(folder, records).value())) {
        server = std::move(http::Server::start("127.0.0.1", 0, [this](const http::Request& request) {
                               ++requests;
                               auto answer = Retrieval(*pieces).handle(request);
                               return spoil ? spoil(request, std::move(answer)) : std::move(answer);
                           }).value());
    }
    void add(const CarPiece& piece) {
        const auto added = pieces->add(piece.info, piece.car_size, *file_source(piece.car));
        ASSERT_TRUE(added) << added.error().message();
    }

    store::MemoryKeyValue records;
    std::unique_ptr<PieceStore> pieces;
    std::atomic<int> requests = 0;
    std::function<http::Response(const http::Request&, http::Response)> spoil;
    std::unique_ptr<http::Server> server;
};

}  // namespace strata::retrieval::testing
