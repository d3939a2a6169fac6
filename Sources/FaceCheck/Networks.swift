/// Constants of BlazeFace (short range), which follows one face.
enum BlazeFace {
  /// It frames a face from the brows to the chin, CenterFace all of it: the longer side of the first is 0.86 of that of
  /// the second, and it is a square while a face is three quarters as wide as it is high. Boxes are kept in CenterFace's
  /// terms, so that the searched square does not shrink when BlazeFace follows its own boxes.
  static let boxGrowth: (width: Float, height: Float) = (0.87, 1.16)

  /// Ears are hidden in every turned face, but the network is trained to place them anyway.
  static let pose = HeadPoseEstimator(model: [
    .leftEye: [-0.5, 0.362, 0.12], .rightEye: [0.5, 0.362, 0.12], .nose: [0, -0.168, 0.75],
    .mouth: [0, -0.688, 0.48], .leftEar: [-1.04, 0.065, -0.75], .rightEar: [1.04, 0.065, -0.75],
  ])
}

/// Constants of CenterFace, which finds every face of a picture.
enum CenterFace {
  static let pose = HeadPoseEstimator(model: [
    .leftEye: [-0.5, 0.52, -0.10], .rightEye: [0.5, 0.52, -0.10], .nose: [0, -0.02, 0.31],
    .leftMouthCorner: [-0.42, -0.50, -0.05], .rightMouthCorner: [0.42, -0.50, -0.05],
  ])
}
