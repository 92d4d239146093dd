package import Imaging

/// What the network says about one image.
package struct Findings: Sendable {
}
