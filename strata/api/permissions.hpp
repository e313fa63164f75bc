#pragma once
// Who may call what. A token allows some of four permissions, and every method needs one of them. They do not include
// each other: a token for "admin" alone may not read. Source: docs/protocol/node.md §28.2 (lotus api/permissioned.go;
// go-jsonrpc auth/auth.go).
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace strata::api {

enum class Permission : std::uint8_t { read, write, sign, admin };
inline constexpr std::array kPermissions{Permission::read, Permission::write, Permission::sign, Permission::admin};

std::string_view permission_name(Permission permission);
/// Reads "read", "write", "sign" or "admin"; empty for all other words.
std::optional<Permission> parse_permission(std::string_view name);
/// Returns the permission that a method needs, by its name without "Filecoin."; empty for a name that Lotus does not
/// have.
std::optional<Permission> permission_of(std::string_view method);

/// A set of permissions. The default is what a caller without a token may do: read.
class Permissions {
  public:
    constexpr Permissions() = default;
    static constexpr Permissions none() {
        Permissions out;
        out.bits_ = 0;
        return out;
    }
    static constexpr Permissions all() {
        Permissions out = none();
        for (const auto permission : kPermissions) out.add(permission);
        return out;
    }
    constexpr bool has(Permission permission) const { return (bits_ & bit(permission)) != 0; }
    constexpr void add(Permission permission) { bits_ |= bit(permission); }
    friend constexpr bool operator==(const Permissions&, const Permissions&) = default;

  private:
    static constexpr std::uint8_t bit(Permission permission) {
        return static_cast<std::uint8_t>(1U << static_cast<unsigned>(permission));
    }
    std::uint8_t bits_ = bit(Permission::read);
};

}  // namespace strata::api
