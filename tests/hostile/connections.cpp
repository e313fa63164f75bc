// Attacks on what comes before the first stream. Plain sockets, since a well-behaved host would not send these bytes.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

#include <strata/net/multistream.hpp>
#include <strata/net/noise.hpp>
#include <strata/net/yamux_frame.hpp>

#include "attack.hpp"

namespace strata::hostile {
namespace {

using namespace std::chrono_literals;
using net::YamuxHeader;

/// A connection to a victim. Every call ends within a fraction of a second.
class Wire {
  public:
    Wire(World& world, const net::Multiaddr& to) : world_(world) {
        const auto bare = to.without_peer();
        const auto& parts = bare.parts();
        sockaddr_in at{};
        at.sin_family = AF_INET;
        std::ranges::copy(parts[0].value, reinterpret_cast<std::uint8_t*>(&at.sin_addr));
        std::ranges::copy(parts[1].value, reinterpret_cast<std::uint8_t*>(&at.sin_port));
        socket_ = ::socket(AF_INET, SOCK_STREAM, 0);
        const timeval limit{.tv_sec = 0, .tv_usec = 300'000};
        ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
        is_open_ = ::connect(socket_, reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0;
        ++(is_open_ ? world_.connections : world_.refused);
    }
    Wire(const Wire&) = delete;
    Wire& operator=(const Wire&) = delete;
    ~Wire() { ::close(socket_); }

    bool is_open() const { return is_open_; }
    bool send(BytesView bytes) {
        while (is_open_ && !bytes.empty()) {
            const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) {
                is_open_ = false;
                break;
            }
            world_.bytes += static_cast<std::uint64_t>(sent);
            bytes = bytes.subspan(static_cast<std::size_t>(sent));
        }
        return is_open_;
    }
    /// Returns what came; nothing if nothing did in time.
    Bytes receive() {
        Bytes out(64 << 10);
        const auto got = ::recv(socket_, out.data(), out.size(), 0);
        if (got == 0) is_open_ = false;
        out.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
        return out;
    }
    /// Returns false once the victim has closed the connection.
    bool is_alive() {
        std::uint8_t byte = 0;
        return is_open_ && ::recv(socket_, &byte, 1, MSG_PEEK | MSG_DONTWAIT) != 0;
    }

  private:
    World& world_;
    int socket_ = -1;
    bool is_open_ = false;
};

/// A connection whose handshake was in order, on which any plaintext can be sent.
class Secured {
  public:
    Secured(World& world, const net::Multiaddr& to) : wire_(world, to) {
        auto choice = net::Multistream::propose({std::string(net::Noise::kProtocol)});
        wire_.send(choice.take_output());
        Bytes rest;
        for (bool agreed = false; !agreed;) {
            const Bytes got = wire_.receive();
            if (got.empty()) return;
            BytesView view = got;
            const auto result = choice.on_bytes(view);
            if (!result) return;
            wire_.send(choice.take_output());
            agreed = *result;
            rest = to_bytes(view);
        }
        noise_.emplace(net::Role::dialer, key_, net::Noise::Config{.expected = {}, .muxers = {"/yamux/1.0.0"}},
                       random_);
        wire_.send(noise_->take_output());
        Bytes ignored;
        while (!noise_->is_complete()) {
            if (!rest.empty() && !noise_->on_bytes(rest, ignored)) break;
            wire_.send(noise_->take_output());
            if (noise_->is_complete()) break;
            rest = wire_.receive();
            if (rest.empty()) break;
        }
        is_ready_ = noise_->is_complete();
    }
    bool is_ready() const { return is_ready_ && wire_.is_open(); }
    bool is_alive() { return is_ready() && wire_.is_alive(); }
    bool send(BytesView plaintext) {
        Bytes frames;
        while (!plaintext.empty()) {
            const auto part = plaintext.first(std::min(plaintext.size(), net::Noise::kMaxPlaintext));
            noise_->seal(part, frames);
            plaintext = plaintext.subspan(part.size());
        }
        return wire_.send(frames);
    }

  private:
    crypto::SystemRandom random_;
    const net::PrivateKey key_ = net::PrivateKey::ed25519(random_.bytes<32>());
    Wire wire_;
    std::optional<net::Noise> noise_;
    bool is_ready_ = false;
};

const net::Multiaddr& target_of(const World& world, unsigned turn) {
    return world.targets[turn % world.targets.size()];
}

Bytes noise_of(crypto::RandomSource& random, std::size_t size) {
    Bytes out(size);
    random.fill(out);
    return out;
}

/// Keeps connections on which nothing is ever sent.
void half_open(World& world, unsigned number) {
    std::vector<std::unique_ptr<Wire>> wires;
    for (unsigned turn = number; !world.stop; ++turn) {
        std::erase_if(wires, [](const auto& wire) { return !wire->is_alive(); });
        if (wires.size() < 8) wires.push_back(std::make_unique<Wire>(world, target_of(world, turn)));
        std::this_thread::sleep_for(50ms);
    }
}

/// Sends the beginning of a handshake, a byte at a time.
void slow_handshake(World& world, unsigned number) {
    const Bytes hello = net::Multistream::propose({"/noise"}).take_output();
    for (unsigned turn = number; !world.stop; ++turn) {
        Wire wire(world, target_of(world, turn));
        for (std::size_t i = 0; i < hello.size() && wire.is_alive() && !world.stop; ++i) {
            wire.send(BytesView(hello).subspan(i, 1));
            std::this_thread::sleep_for(500ms);
        }
        std::this_thread::sleep_for(50ms);
    }
}

/// Sends random bytes where multistream is expected.
void garbage(World& world, unsigned number) {
    crypto::SystemRandom random;
    for (unsigned turn = number; !world.stop; ++turn) {
        Wire wire(world, target_of(world, turn));
        for (int i = 0; i < 16 && wire.send(noise_of(random, 4'096)); ++i) std::this_thread::sleep_for(5ms);
        std::this_thread::sleep_for(50ms);
    }
}

/// Chooses Noise, and then sends random frames, or endless ones.
void garbage_after_the_choice(World& world, unsigned number) {
    crypto::SystemRandom random;
    for (unsigned turn = number; !world.stop; ++turn) {
        Wire wire(world, target_of(world, turn));
        wire.send(net::Multistream::propose({"/noise"}).take_output());
        for (int i = 0; i < 40; ++i) {
            Bytes frame = noise_of(random, 2 + 2'000);
            store_be(frame.data(), static_cast<std::uint16_t>(turn % 2 == 0 ? 2'000 : 65'535));
            if (!wire.send(frame)) break;
            std::this_thread::sleep_for(5ms);
        }
        std::this_thread::sleep_for(50ms);
    }
}

/// Connects and leaves, with a new identity each time, before or after the handshake.
void reconnect_storm(World& world, unsigned number) {
    for (unsigned turn = number; !world.stop; ++turn) {
        if (turn % 4 == 0) {
            Secured peer(world, target_of(world, turn / 4));
        } else {
            Wire wire(world, target_of(world, turn));
        }
        std::this_thread::sleep_for(20ms);
    }
}

/// Yamux frames of all kinds with random fields: unknown streams, credit without end, pings, resets, openings.
void yamux_frames(World& world, unsigned number) {
    crypto::SystemRandom random;
    for (unsigned turn = number; !world.stop; ++turn) {
        Secured peer(world, target_of(world, turn));
        std::uint32_t next = 1;
        for (int round = 0; round < 200 && peer.is_alive() && !world.stop; ++round) {
            Bytes frames;
            for (int i = 0; i < 50; ++i) {
                YamuxHeader header{.type = static_cast<YamuxHeader::Type>(random.below(3)),
                                   .flags = static_cast<std::uint16_t>(random.below(3) == 0 ? YamuxHeader::kSyn : 0),
                                   .stream = static_cast<std::uint32_t>(random.below(next) * 2 + 1),
                                   .length = static_cast<std::uint32_t>(random.below(1 << 16))};
                if (header.has(YamuxHeader::kSyn) && header.type != YamuxHeader::Type::ping)
                    header.stream = std::exchange(next, next + 2);
                if (header.type == YamuxHeader::Type::ping) header.stream = 0;
                const bool has_data = header.type == YamuxHeader::Type::data;
                if (has_data) header.length %= 512;
                header.encode(frames);
                if (has_data) append(frames, noise_of(random, header.length));
            }
            if (!peer.send(frames)) break;
            std::this_thread::sleep_for(10ms);
        }
        std::this_thread::sleep_for(50ms);
    }
}

/// Random plaintext where Yamux is expected, and bytes above the window of a stream.
void yamux_garbage(World& world, unsigned number) {
    crypto::SystemRandom random;
    for (unsigned turn = number; !world.stop; ++turn) {
        Secured peer(world, target_of(world, turn));
        if (peer.is_ready() && turn % 2 == 0) peer.send(noise_of(random, 60'000));
        if (peer.is_ready() && turn % 2 == 1) {
            Bytes frame;
            YamuxHeader{.type = YamuxHeader::Type::data, .flags = YamuxHeader::kSyn, .stream = 1, .length = 1 << 30}
                .encode(frame);
            peer.send(frame);
            for (int i = 0; i < 20 && peer.send(noise_of(random, 60'000)); ++i) std::this_thread::sleep_for(5ms);
        }
        std::this_thread::sleep_for(50ms);
    }
}

}  // namespace

const std::vector<Attack>& attacks_on_connections() {
    static const std::vector<Attack> all{{"half_open", half_open},
                                         {"slow_handshake", slow_handshake},
                                         {"garbage", garbage},
                                         {"garbage_after_the_choice", garbage_after_the_choice},
                                         {"reconnect_storm", reconnect_storm},
                                         {"yamux_frames", yamux_frames},
                                         {"yamux_garbage", yamux_garbage}};
    return all;
}

}  // namespace strata::hostile
